def fail(kind, *args):
    raise kind(*args)


def collect():
    errors = []
    for job in (lambda: fail(ValueError, "one"), lambda: 1 / 0, lambda: [][3] + (1 +
            2)):
        try:
            job()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("jobs", [errors[0], ExceptionGroup("inner", errors[1:])])


collect()
