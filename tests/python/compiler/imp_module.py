import _imp,sys
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e, getattr(e,'name','-'), getattr(e,'path','-'))
t(_imp.is_builtin,'sys'); t(_imp.is_builtin,'xx'); t(_imp.is_builtin,'math'); t(_imp.is_builtin,'\udc80')
t(_imp.get_frozen_object,'xx'); t(_imp.get_frozen_object,'\udc80'); t(_imp.get_frozen_object,'os',b''); t(_imp.get_frozen_object,'os',b'i\1\0\0\0');  t(_imp.get_frozen_object, 3); t(_imp.find_frozen,3); t(_imp.find_frozen,'\udc80'); t(_imp.is_frozen,3); t(_imp.is_frozen,'\udc80'); t(_imp.is_frozen_package,'xx'); t(_imp.init_frozen,'xx'); t(_imp.init_frozen,'__hello__'); t(_imp.release_lock); t(_imp.source_hash,1,b'abc'); t(_imp.source_hash,key=0xa30c,source=b'x');t(_imp._fix_co_filename,1,2); t(_imp.create_builtin,3); t(_imp.exec_builtin,3)
print(_imp.acquire_lock(), _imp.lock_held(), _imp.release_lock(), _imp.lock_held())
t(_imp._override_frozen_modules_for_tests,-1); t(_imp.find_frozen,'os'); t(_imp.is_frozen,'os'); t(_imp.is_frozen_package,'__phello__'); t(_imp.is_frozen,'zipimport'); print(_imp._frozen_module_names())
t(_imp._override_frozen_modules_for_tests,1); print(len(_imp._frozen_module_names()))
for n in _imp._frozen_module_names(): print(n, _imp.find_frozen(n))
c=compile('def f():\n def g(): pass\nlambda: 0','a','exec')
_imp._fix_co_filename(c,'b'); print(c.co_filename,c.co_consts[0].co_filename,c.co_consts[0].co_consts[1].co_filename)
for n in dir(_imp):
    f=getattr(_imp,n)
    if callable(f): print(n, getattr(f,'__text_signature__',None))
    elif n[:2]!='__': print(n,f)
import __hello__; print(sorted(__hello__.__dict__.keys()))
