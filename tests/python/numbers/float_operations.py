"""Floats, complex numbers, math and cmath on a fixed pseudo-random sequence and on special values."""
import math,cmath
seed=777
def rnd():
    global seed
    seed=(seed*6364136223846793005+1442695040888963407)&(2**64-1)
    return seed>>31
import struct
def fl():
    k=rnd()%8
    if k==0: return float(rnd()%100-50)
    if k==1: return (rnd()%20001-10000)/100
    if k==2: return [0.0,-0.0,1.0,-1.0,math.inf,-math.inf,math.nan,5e-324,2.2250738585072014e-308,1.7976931348623157e308,0.5,2.5,1e16,1e22,123456789012345680.0,9999999999999998.0][rnd()%16]
    if k==3: return math.ldexp(rnd()%2**20,rnd()%80-40)
    return struct.unpack('<d',(rnd()<<31^rnd()).to_bytes(9,'little')[:8])[0]
def tr(*a):
    f=a[0]
    try: print(getattr(f,'__name__',f),repr(f(*a[1:])))
    except Exception as e: print(getattr(f,'__name__',f),a[1:],type(e).__name__,e)
import operator as o
for i in range(200):
    a,b=fl(),fl()
    for f in (o.add,o.sub,o.mul,o.truediv,o.floordiv,o.mod,divmod,pow,o.lt,o.eq,math.atan2,math.fmod,math.pow,math.copysign,math.remainder,math.hypot,math.nextafter): tr(f,a,b)
    tr(repr,a);tr(hash,a if a==a else 0.0);tr(int,a);tr(float.hex,a);tr(lambda: float.fromhex(a.hex()));tr(float.as_integer_ratio,a);tr(float.is_integer,a);tr(round,a)
    for nd in (0,1,2,5,-1,-3,16,300,-300): tr(round,a,nd)
    for f in (math.floor,math.ceil,math.trunc,math.sqrt,math.exp,math.log,math.log2,math.log10,math.log1p,math.expm1,math.sin,math.cos,math.tan,math.asin,math.acos,math.atan,math.sinh,math.cosh,math.tanh,math.asinh,math.acosh,math.atanh,math.gamma,math.lgamma,math.erf,math.erfc,math.frexp,math.modf,math.ulp,math.cbrt,math.exp2,math.degrees,math.radians,math.fabs): tr(f,a)
    tr(math.ldexp,a,rnd()%3000-1500)
    for spec in ('','e','.3e','f','.0f','.1f','.17f','g','.3g','#g','.0g','%','.2%','+.3f',' .2f','010.2f','<12.3g','^15','=+15.2f','*>20,.2f','_.3f','#.0f','#.3g','E','G','F','n','z.1f','.3','.17g','012,','z.0f','25.20f'):
        tr(format,a,spec)
    for p in ('%f','%.3f','%e','%g','%.10g','%+.2f','%010.3f','%-12.2f|','%#.0f','% f','%G','%E','%s','%r','%d','%i'):
        tr(lambda: p%a)
    tr(float,repr(a)); tr(float,'%.20e'%a)
vals=[0.0,-0.0,1.0,-1.0,0.5,2.0,-3.7,1e300,-1e300,1e-310,math.inf,-math.inf,math.nan,710.0,-710.0,1e10]
for x in vals:
    for y in vals:
        z=complex(x,y)
        for f in (cmath.acos,cmath.acosh,cmath.asin,cmath.asinh,cmath.atan,cmath.atanh,cmath.cos,cmath.cosh,cmath.exp,cmath.log,cmath.log10,cmath.phase,cmath.polar,cmath.sin,cmath.sinh,cmath.sqrt,cmath.tan,cmath.tanh,cmath.isfinite,cmath.isnan,cmath.isinf,repr,abs): 
            tr(f,z) if f is repr else tr(lambda: (f.__name__,z,f(z)))
        tr(lambda:('rect',x,y,cmath.rect(x,y)))
        for w in (1j,2+3j,0j,complex(y,x)):
            tr(o.mul,z,w);tr(o.truediv,z,w);tr(pow,z,w)
        for n in (0,1,2,-1,3,101,-100,0.5): tr(pow,z,n)
        for s in ('','.2f','+.3e','>30','g','n','.3','*^40,.2f'): tr(format,z,s)
        tr(complex,repr(z)) 
for s in ['1e400','1e-400','-1e-400','0e999999999999999999999','1e99999999999999999999','-1e99999999999999999','1e-99999999999999999','.5','5.','.','+.5e3','1e5_0','1_0.0_1','_1','1_','1e','1e+','0x10','infinit','iNf','+Nan','- 1','1 ','\t1\n','1\x0b','٣.٥','1'*400,'0.'+'0'*400+'1','9007199254740993','9007199254740992.99999999999999999999999','2.4703282292062327e-324','2.4703282292062328e-324','1.7976931348623158e308','1.7976931348623159e308']:
    tr(float,s)
for s in ['0x1p-1074','0x1p-1075','0x1.8p-1075','0x0.8p-1074','0x1.0000000000001p-1075','0x1.fffffffffffff8p1023','0x1.fffffffffffff7p1023','0x1.fffffffffffff7fffffp1023','0x1.00000000000008p0','0x1.00000000000018p0','0x1.000000000000080000001p0','inf','-Infinity','nan','0x.8','0x8.','0x.','1.8','p3','0x1p','0x1p+','0x1p99999999999999','0x1p-9999999999999','0x0p99999999999999',' 0x1 ','0x1 p','0xffffffffffffffffffff','0x1234567890abcdef1234567890abcdefp-1100','0x000000000000000000000000000000001p-1074','1e5','infa','0x1.8P3']:
    tr(float.fromhex,s)
tr(math.fsum,[1e100,1.0,-1e100,1e-100,1e50,-1.0,-1e50]); tr(math.fsum,[.1]*10); tr(math.fsum,[1e308]*2); tr(math.fsum,[math.inf,-math.inf]); tr(math.fsum,[math.inf,1.0]); tr(math.fsum,[2.0**53,1.0,2.0**-100]);
for i in range(300):
    v=[fl() for _ in range(rnd()%10)]
    tr(math.fsum,v); tr(math.hypot,*v); tr(math.dist,v,[1.0]*len(v)); tr(math.prod,v)
    tr(math.isclose,fl(),fl())
