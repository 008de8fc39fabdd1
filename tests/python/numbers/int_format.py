"""__format__ and % of ints."""
vals=[0,1,-1,5,42,-42,255,1234,-1234567,2**31,-2**64,10**30,123456789012345678901234567890,True,False]
fills=['','<','>','^','=','*<','0>','\u20ac^','x=']
def tr(f,*a):
    try: print(a,repr(f(*a)))
    except Exception as e: print(a,type(e).__name__,e)
for v in vals:
    for fi in fills:
        for sg in ('','+',' ','-'):
            for mid in ('','#','0','#0'):
                for w in ('','12','25','3'):
                    for g in ('',',','_'):
                        for t in ('','d','x','X','b','o','n','c','e','f','%'):
                            if (hash((fi,sg,mid,w,g,t)) if 0 else (len(fi)*7+len(sg)*3+len(mid)*5+len(w)*11+len(g)*13+ord(t or 'a')+(v if abs(v)<2**40 else 3))%7): continue
                            tr(format,v,fi+sg+mid+w+g+t)
for v in vals:
    for p in ('%d','%i','%u','%x','%X','%o','%#x','%#X','%#o','%5d','%-8d|','%08d','%+d','% d','%.5d','%#.8x','%+.10o','%10.4d','%-10.4x|','%010.4X','%c','%e','%.2f','%s','%r','%a','%-+8d|','%+08d','%#010x'):
        tr(lambda p: p%v,p)
        tr(lambda p: p.encode()%v,p)
