# _tokenize.TokenizerIter: tokens, errors, arguments.
# options: -W ignore
import _tokenize

for source in ('a = 1 # c\nif x:\n  "\u00e9" + """q\nr"""\n', "(1,\n2)", "\u00e9=1", "a b\\\n c", "x", '"abc', "(", "a)",
               "1_", "if x:\n  a\n b", "a $ b", "\xa0", "a\0b", "x = 1if 2", "\\", "\\ x", '"""', "async def await", "match _"):
    try:
        for token in _tokenize.TokenizerIter(source):
            print(token)
    except BaseException as e:
        print(repr(source), type(e).__name__, e, e.args)
for arguments in ((), (1,), ("a", "b"), (b"a",)):
    try:
        print(_tokenize.TokenizerIter(*arguments))
    except TypeError as e:
        print(e)
