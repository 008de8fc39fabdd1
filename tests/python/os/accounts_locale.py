import _locale, grp, os, pwd, resource, sys, _stat, errno
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
t(pwd.getpwnam,'nosuch'); t(pwd.getpwnam,5); t(pwd.getpwnam,'root'); t(pwd.getpwuid,0); t(pwd.getpwuid,99999); t(pwd.getpwuid,-1); t(pwd.getpwuid,'a'); t(pwd.getpwuid,2**70); t(pwd.getpwnam,'a\0b'); t(pwd.getpwnam,'\udcff'); t(pwd.getpwnam,'\ud800'); t(pwd.getpwuid,1.5); t(pwd.getpwuid,-2); t(pwd.getpwuid,2**32)
t(grp.getgrnam,'nosuch'); t(grp.getgrnam,name='root'); t(grp.getgrgid,id=0); t(grp.getgrgid,99999); t(grp.getgrgid,'a'); t(grp.getgrgid,-1); t(grp.getgrgid,2**70); t(grp.getgrnam,b'a'); t(grp.getgrgid,1.5); t(grp.getgrnam,'a\0b')
print(pwd.getpwall(), grp.getgrall())
t(_locale.setlocale,0); t(_locale.setlocale,6); t(_locale.setlocale,6,'xx'); t(_locale.setlocale,6,None); t(_locale.setlocale,99); t(_locale.setlocale,'a'); t(_locale.setlocale,6,5); t(_locale.setlocale,6,'C'); t(_locale.localeconv); print(_locale.strcoll('a','b') < 0); t(_locale.strcoll,'a',5); print(_locale.strcoll('é','z') > 0); t(_locale.strxfrm,'abc'); t(_locale.strxfrm,5); t(_locale.strxfrm,'a\0b'); t(_locale.strcoll,'a\0b','a'); t(_locale.nl_langinfo,14); t(_locale.nl_langinfo,99999999); t(_locale.nl_langinfo,'a'); t(_locale.getencoding); t(_locale.gettext,'x'); t(_locale.dgettext,None,'x'); t(_locale.dgettext,'a','x'); t(_locale.dcgettext,'d','m',5); t(_locale.textdomain,None); t(_locale.textdomain,'abc'); t(_locale.textdomain,5); t(_locale.bindtextdomain,'a',None); t(_locale.bindtextdomain,'','x'); t(_locale.bindtextdomain,'a','/tmp'); t(_locale.bind_textdomain_codeset,'a',None); t(_locale.bind_textdomain_codeset,'a','UTF-8'); t(_locale.setlocale,6,'a\0b'); t(_locale.nl_langinfo, _locale.ERA); t(_locale.dcgettext,'d','m',6); print(_locale.Error, _locale.Error.__module__,_locale.Error.__mro__); t(_locale.strxfrm,'é€')
t(_locale.setlocale,6,'C.UTF-8'); t(_locale.localeconv); t(_locale.getencoding)
r=resource
t(r.getrusage,99); t(r.getrlimit,99); t(r.getrlimit,7); t(r.setrlimit,7,5); t(r.setrlimit,7,(1,)); t(r.setrlimit,7,('a',1)); t(r.setrlimit,99,(1,1)); t(r.setrlimit,7,(5,3)); t(r.prlimit,0,7); t(r.prlimit,-1,7); t(r.prlimit,0,99); t(r.setrlimit,7,(2**70,1)); print(r.error, r.struct_rusage.__match_args__, r.struct_rusage.n_fields, r.getrusage(0).ru_maxrss > 0); t(r.prlimit,0,7,(1,)); t(r.getpagesize)
for f in (_stat.S_ISDIR,_stat.S_IMODE,_stat.filemode,_stat.S_ISDOOR):
    for a in (5,'a',-1,2**40,2**70,2**32,1.5,True): t(f,a)
for m in (0o104755, 0o102755|0o2000, 0o41777, 0o41776, 0o22, 0o120777, 0o20644, 0o60644, 0o10644, 0o140755): print(_stat.filemode(m), _stat.S_IFMT(m), _stat.S_ISREG(m), _stat.S_ISSOCK(m))
print(errno.errorcode, errno.EAGAIN, len(vars(errno)) > 130)
