"""The hash modules: digests, parameters, errors."""
import _blake2,_md5,_sha3,_sha1,_sha256
B=_blake2.blake2b; S=_blake2.blake2s
def t(s):
    try: print(s, repr(eval(s))[:150])
    except BaseException as e: print(s, type(e).__module__+'.'+type(e).__name__, e)
for s in '''B(digest_size=0)
B(digest_size=65)
S(digest_size=33)
B(salt=b'x'*17)
B(person=b'x'*17)
S(salt=b'x'*9)
B(fanout=-1)
B(fanout=256)
B(depth=0)
B(leaf_size=-1)
B(leaf_size=2**32)
B(leaf_size=2**64)
B(leaf_size='a')
B(leaf_size=1.5)
B(node_offset=-1)
B(node_offset=2**64)
S(node_offset=2**48)
S(node_offset=2**64)
B(node_depth=256)
B(inner_size=65)
S(inner_size=33)
B(key=b'x'*65)
S(key=b'x'*33)
B('a')
B(5)
B(data=b'')
B(b'',b'')
B(salt='a')
B(last_node=5).hexdigest()[:10]
B(b'abc',digest_size=20,key=b'k',salt=b's',person=b'p',fanout=2,depth=3,leaf_size=4,node_offset=5,node_depth=1,inner_size=20,last_node=True).hexdigest()
S(b'abc',digest_size=20,key=b'k',salt=b's',person=b'p',fanout=2,depth=3,leaf_size=4,node_offset=5,node_depth=1,inner_size=20,last_node=True).hexdigest()
B(b'').name, B().block_size, B().digest_size, S().block_size
B().update('a')
B().update(5)
_md5.md5('a')
_md5.md5(5)
_md5.md5(string=b'a').hexdigest()
_md5.md5(b'a',usedforsecurity=0).name
_md5.md5().digest_size,_md5.md5().block_size
_sha1.sha1().name
_sha256.sha224().name,_sha256.sha224().digest_size
_sha3.sha3_256(b'a').name
_sha3.sha3_256()._capacity_bits,_sha3.sha3_256()._rate_bits,_sha3.sha3_256()._suffix,_sha3.shake_128()._suffix,_sha3.shake_128().digest_size,_sha3.shake_128().name,_sha3.shake_128()._capacity_bits
_sha3.shake_128().digest(-1)
_sha3.shake_128().digest(2**30)
_sha3.shake_128().digest(0)
_sha3.shake_128().digest(2**70)
_sha3.shake_128().hexdigest(5)
_sha3.sha3_256('a')
_sha3.sha3_256(string=b'a')
_sha3.sha3_256(data=b'a')
_md5.MD5Type()
repr(_md5.md5())[:20]
B.SALT_SIZE
'''.splitlines(): t(s)
