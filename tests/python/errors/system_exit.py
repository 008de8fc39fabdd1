import atexit, sys
atexit.register(print, "at exit")
try:
    sys.exit("message")
finally:
    print("finally")
