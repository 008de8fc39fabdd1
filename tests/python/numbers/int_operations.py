"""Operators and methods of ints of all sizes on a fixed pseudo-random sequence."""
import sys
sys.set_int_max_str_digits(0)
seed=12345
def rnd():
    global seed
    seed=(seed*6364136223846793005+1442695040888963407)&(2**64-1)
    return seed>>33
def big():
    k=rnd()%12
    bits=[1,5,29,30,31,59,60,61,90,300,1500,6000][k]
    n=0
    b=rnd()%(bits+1)
    while n.bit_length()<b: n=(n<<31)|rnd()
    if rnd()%3==0: n=(1<<b)-(rnd()%3)
    if rnd()%7==0: n=(n>>(b//2))<<(b//2)
    if rnd()&1: n=-n
    return n
acc=0
def h(x):
    global acc
    s=repr(x)
    acc=hash_(s)
    print(acc if len(s)>80 else s)
def hash_(s):
    v=0
    for c in s: v=(v*31+ord(c))&0xffffffffffffffff
    return v
def tr(f,*a):
    print(getattr(f,'__name__',f),*[hex(x) if type(x) is int else x for x in a],end=' ')
    try: h(f(*a))
    except Exception as e: print(type(e).__name__,e)
import operator as o
for i in range(250):
    a,b=big(),big()
    for f in (o.add,o.sub,o.mul,o.floordiv,o.mod,divmod,o.truediv,o.and_,o.or_,o.xor,o.lt,o.eq):
        tr(f,a,b)
    s=rnd()%200
    for f in (o.lshift,o.rshift): tr(f,a,s)
    for f in (o.neg,o.abs,o.invert,float,hash,str,hex,oct,bin,int.bit_length,int.bit_count): tr(f,a)
    n=(a.bit_length()+8)//8
    for bo in ('little','big'):
        for sg in (True,False):
            for m in (n,n+3,max(0,n-1)):
                tr(lambda: a.to_bytes(m,bo,signed=sg))
                tr(lambda: int.from_bytes(abs(a).to_bytes(n,bo),bo,signed=sg))
    tr(round,a,-(rnd()%30))
    tr(pow,a,rnd()%6)
    tr(pow,a,abs(b)%(1<<200),abs(b)+1 if i%2 else -abs(b)-1)
    if i%10==0: tr(pow,a,-1,b)
    for base in (2,3,7,8,10,16,32,36):
        if base in(2,8,16): t={2:bin,8:oct,16:hex}[base](a)
        else:
            t='';x=abs(a)
            if x.bit_length()<700:
                while x: t="0123456789abcdefghijklmnopqrstuvwxyz"[x%base]+t; x//=base
                t=('-' if a<0 else '')+(t or '0')
            else: t='0'
        tr(int,t,base)
    tr(lambda: a==float(a) if abs(a)<2**1000 else 0)
    tr(lambda: (a<float(b),a==float(b)) if abs(b)<2**1000 else 0)
tr(o.lshift,1,10**6); tr(lambda: len(str(3**100000))); tr(lambda: str(3**50000)); tr(lambda: int(str(7**30000))==7**30000)
import math
for i in range(300):
    a,b=big(),big()
    for f in (math.gcd,math.lcm): tr(f,a,b)
    tr(math.isqrt,abs(a)); tr(math.comb,abs(a)%2000,abs(b)%300); tr(math.perm,abs(a),abs(b)%30); tr(math.factorial,abs(a)%500)
    if a: tr(math.log,abs(a)); tr(math.log2,abs(a)); tr(math.log10,abs(a))
