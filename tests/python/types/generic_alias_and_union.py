def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
import types, weakref
class TypeVar:
    def __init__(s,n): s.n=n
    def __repr__(s): return '~'+s.n
    def __typing_subst__(s,a): return a
    def __or__(s,o): return ('or',s,o)
    def __ror__(s,o): return ('ror',s,o)
class ParamSpec(TypeVar): pass
Callable=3
G=types.GenericAlias
T=TypeVar('T'); U=TypeVar('U'); Ts=(TypeVar('Ts'),);P=ParamSpec('P')
t(lambda: 'x' in types.UnionType.__dict__); t(lambda: types.UnionType.__dict__.keys()); t(lambda: G.__dict__.keys())
t(G); t(G,1); t(G,list,int,3); t(G,list,x=1); t(G,list,[[int]]); t(G,list,()); t(G,list,(1,'a',...)); t(lambda: list[int][int]); t(lambda: list[T][int]); t(lambda: dict[T,U][int]); t(lambda: dict[T,U][int,str,3]); t(lambda: tuple[T,...][int]); t(lambda: list[list[T]][int]); t(lambda: tuple[*Ts][int,str]); t(lambda: tuple[int,*Ts][str,int]); t(lambda: tuple[*tuple[int,str]]); t(lambda: list[T].__parameters__); t(lambda: tuple[T,U,T].__parameters__); t(lambda: list[int].__origin__); t(lambda: list[int].append); t(lambda: list[int]()); t(lambda: isinstance([],list[int])); t(lambda: issubclass(list,list[int])); t(lambda: list[int]==list[int]); t(lambda: hash(list[int])==hash(list[int])); t(lambda: list[int]|None); t(lambda: next(iter(list[int]))); t(lambda: list(iter(list[int]))); t(lambda: type(iter(list[int]))); t(lambda: iter(list[int]).__reduce__()); t(lambda: list[int].__reduce__()); t(lambda: next(iter(tuple[int])).__reduce__()); t(lambda: sorted(set(dir(list[int]))-set(dir(list)))); t(lambda: list[int].__class__); t(lambda: list[int].__mro_entries__(())); t(lambda: list[int].__doc__==list.__doc__); t(setattr,list[int],'x',1); t(lambda: list[int].__bases__); t(lambda: list[int].__slots__); t(lambda: tuple[T][int,*tuple[str]]); t(lambda: list[P]); t(lambda: G(Callable,(P,T))[[int],str]); t(lambda: list[int].__unpacked__); t(lambda: next(iter(tuple[int,str])).__unpacked__); t(lambda: next(iter(tuple[int,str])).__typing_unpacked_tuple_args__); t(lambda: tuple[int,str].__typing_unpacked_tuple_args__); t(lambda: list[T,int][str]); t(lambda: list['a']); t(lambda: G(3,4)); t(lambda: G(3,4)()); 
class C:
    __slots__=()
t(lambda: type(G(C,int)()));t(lambda: copy.copy(list[int])); import copy; t(lambda: copy.copy(list[int])); t(lambda: copy.deepcopy(list[int])); t(lambda: weakref.ref(list[int])); t(lambda: list[int].foo)
t(lambda: int|str); t(lambda: int|None); t(lambda: None|int); t(lambda: int|int); t(lambda: int|str|int); t(lambda: int|3); t(lambda: 'a'|int); t(lambda: (int|str)==(str|int)); t(lambda: hash(int|str)==hash(str|int)); t(lambda: (int|str).__args__); t(lambda:(int|T)); t(lambda: (list[T]|int)[str]); t(lambda:(int|str)[int]); t(lambda: isinstance(1,int|str)); t(lambda: isinstance(1,list[int]|str)); t(lambda: issubclass(int,int|None)); t(lambda: issubclass(1,int|str)); t(types.UnionType); t(lambda: (int|str).__or__(3)); t(lambda: int|list[int]|list[int]); t(lambda:(int|str)<(int|str)); t(lambda: (list[T]|dict[T,U]).__parameters__); t(lambda:(int|str).__module__); t(lambda:(int|str).__origin__); t(lambda:isinstance(None,int|None)); t(lambda: (int|list[int]) | (str|int)); t(setattr,int|str,'x',1);t(lambda: (int|str).__class__); t(lambda:(list[T]|None)[int]); t(lambda:(list[T]|int)[int,str]); t(lambda: isinstance(1, (int|str)|list[int])); t(lambda: types.UnionType.__instancecheck__)
class D: pass
t(lambda: D|int); t(lambda: list[D]|None)
S=types.SimpleNamespace; t(S,1); t(S,a=1,b='x'); s=S(a=1); s.b=s; t(repr,s); t(lambda:s==S(a=1)); t(lambda:S(a=1)==S(a=1)); t(lambda:S(a=1)<S(a=2)); t(S(a=1).__reduce__); t(setattr,s,'__dict__',3); t(lambda:S(**{'a b':1}));
class SS(S): pass
t(SS,x=1); t(lambda: S().x); t(hash,S()); t(lambda: S(**{'':1})); s=S(); s.__dict__[3]=4; t(repr,s)
