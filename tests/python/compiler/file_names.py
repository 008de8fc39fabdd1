import warnings,_symtable
warnings.simplefilter('always')
for f in (b'a',bytearray(b'a'),[1],'a\0b',b'a\0b',3,'\udc80'):
    for fn in (lambda f: _symtable.symtable('x',f,'exec').name, lambda f: compile('x',f,'exec').co_filename):
        with warnings.catch_warnings(record=True) as r:
            warnings.simplefilter('always')
            try: print(ascii(f),ascii(fn(f)))
            except Exception as e: print(ascii(f),type(e),e)
            print([str(w.message) for w in r])
