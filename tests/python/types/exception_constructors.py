def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
B=BaseException
t(B,1,2); t(B); t(B,x=1); t(ValueError,x=1); t(lambda: ValueError(1).args); e=ValueError('a','b'); t(str,e); t(e.__reduce__); e.x=1; t(e.__reduce__); t(e.__setstate__,{'y':2}); t(e.__setstate__,3); t(e.__setstate__,None); t(lambda:vars(e))
t(e.with_traceback,3); t(e.with_traceback,None); t(e.add_note,3); t(e.add_note,'n'); t(lambda:e.__notes__); e.__notes__=3; t(e.add_note,'x')
for n in ['args','__traceback__','__context__','__cause__','__suppress_context__','__dict__']:
    t(setattr,e,n,3); t(delattr,e,n)
t(setattr,e,'__cause__',e); t(lambda:e.__suppress_context__); t(setattr,e,'args','ab'); t(lambda:e.args)
S=StopIteration; t(S); t(S,1); t(lambda:S(1,2).value); t(lambda:S().value); t(lambda:SystemExit(1,2).code); t(lambda:SystemExit().code); t(lambda:SystemExit(3).code)
K=KeyError; t(K,1); t(K,'a'); t(K,'a','b'); t(K)
I=ImportError; t(I,'m',name='n',path='p'); i=I('m',name='n',path='p'); t(lambda:(i.msg,i.name,i.path)); t(I,'a','b'); t(lambda:I('a','b').msg); t(I,'m',foo=1); t(i.__reduce__); t(lambda: I().msg);t(lambda:str(I('m',name='n')))
N=NameError; t(N,'x',name='y'); t(lambda:N('x',name='y').name); t(lambda:N('x').name); t(N,name=3,foo=1); t(N('x',name='y').__reduce__)
A=AttributeError; t(A,'x',name='y',obj=3); t(lambda:(A('x',name='y',obj=3).name,A('x',name='y',obj=3).obj)); t(A,foo=1); t(A('x',name='y',obj=2).__reduce__); t(A('x',name='y',obj=2).__getstate__)
O=OSError; t(O,2,'no'); t(O,2); t(O,2,'no','f'); t(O,2,'no','f',None,'g'); t(O,2,'no','f',3,'g'); t(O,1,2,3,4,5,6); t(O,'a','b'); o=O(2,'no','f',None,'g'); t(lambda:(o.errno,o.strerror,o.filename,o.filename2,o.args)); t(o.__reduce__); t(O(2,'no','f').__reduce__); t(O(2,'no').__reduce__); t(lambda:O(11,'x',3).characters_written);t(BlockingIOError,11,'x',3); t(lambda:BlockingIOError(11,'x',3).characters_written); t(lambda:BlockingIOError(11,'x').characters_written); b=BlockingIOError(11,'x',3); t(setattr,b,'characters_written',7);t(lambda: b.characters_written); t(setattr,b,'characters_written','z'); t(delattr,b,'characters_written'); t(delattr,b,'characters_written');t(lambda:BlockingIOError(11,'x','f').args); t(lambda:b.args); t(lambda:O(2,'no','f',None).args); t(lambda: O().errno); t(FileNotFoundError,1,'x'); t(O,13,'p'); t(O,errno=2); t(O,2,'x',filename='a'); t(lambda: O(2,'no',None).filename); t(str,O(2,'n',b'x')); t(str,O('a'));t(lambda: O(errno=1)); t(O,2,'no',None,None,None)
class MO(OSError):
    def __init__(self,a,b=3,**k): super().__init__(a,'q'); self.k=k
t(MO,2,z=1); t(lambda: MO(2).errno)
class MO2(OSError):
    def __new__(cls,*a): return OSError.__new__(cls,*a)
t(MO2,2,'s'); t(lambda: MO2(2,'s').errno)
X=SyntaxError; t(X); t(X,'m'); t(X,'m',('f',1,2,'txt')); t(X,'m',('f',1,2,'txt',3,4)); t(X,'m',('f',1,2)); t(X,'m',3); t(X,'m',('f',1,2,'t',5));t(str,X('m',('a/b/f.py',1,2,'t'))); t(str,X('m',(None,1,2,'t'))); t(str,X('m',('f',None,2,'t'))); t(lambda:vars(X('m',('f',1,2,'t')))); x=X('m',('f',1,2,'t',3,4)); t(lambda:(x.msg,x.filename,x.lineno,x.offset,x.text,x.end_lineno,x.end_offset,x.print_file_and_line)); t(IndentationError,'a',('f',1,2,'t')); t(lambda: X('m',('f',1,2,'t'),'z').msg); t(X,'m',('f',1,2,'t',None,None,7))
U=UnicodeDecodeError; t(U,'a',b'abc',1,2,'r'); t(str,U('a',b'abc',1,3,'r')); t(U); t(U,'a','b',1,2,'r'); t(U,'a',b'abc',1,2); t(str,U('a',b'abc',5,9,'r')); t(str, UnicodeEncodeError('a','a\xe9\u1234\U00012345',1,2,'r'));t(str, UnicodeEncodeError('a','a\xe9\u1234\U00012345',2,3,'r'));t(str, UnicodeEncodeError('a','a\xe9\u1234\U00012345',3,4,'r'));t(str, UnicodeEncodeError('a','a\xe9\u1234\U00012345',0,4,'r')); t(str,UnicodeTranslateError('a\xe9',1,2,'r')); t(str,UnicodeTranslateError('a\xe9',0,2,'r'));t(UnicodeTranslateError,b'a',0,2,'r');t(UnicodeEncodeError,'a',b'a',0,2,'r'); u=U('a',bytearray(b'abc'),1,2,'r'); t(lambda:u.object); t(setattr,u,'start','x'); u.encoding=3; t(str,u); t(str,U.__new__(U)); t(delattr,u,'reason'); t(lambda:u.reason); t(lambda: U.__new__(U).start); t(U,'a',3,1,2,'r'); t(str,UnicodeEncodeError.__new__(UnicodeEncodeError))
