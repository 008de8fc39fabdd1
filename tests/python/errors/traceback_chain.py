def deep(n):
    if n == 0:
        return {}["missing"]
    return deep(n - 1)


class Problem(Exception):
    pass


def outer():
    try:
        deep(6)
    except KeyError as error:
        error.add_note("a note\nof two lines")
        raise Problem("wrapped", 1) from error


try:
    outer()
except Problem:
    (1).bit_lenght
