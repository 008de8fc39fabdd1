import os, posix, sys, warnings
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
warnings.simplefilter("ignore")
class P:
    def __fspath__(s): return 5
    def __repr__(s): return "P"
class Q(P):
    def __fspath__(s): return 'nonex'
class F(P):
    def fileno(self): return 'x'
class G(P):
    def fileno(self): return -3
t(os.stat,Q()); t(os.stat,P()); t(os.stat,9999); t(os.stat,-1); t(os.stat,2**40); t(os.stat,1.5); t(os.stat,None); t(os.stat,'a\0b'); t(os.stat,b'a\0b');t(os.stat,bytearray(b'abc'))
t(os.stat,'x',dir_fd='a'); t(os.stat,5,dir_fd=5); t(os.stat,5,follow_symlinks=False); t(os.stat,'x',dir_fd=9999); t(os.stat,'\udcff\ud800'); t(os.stat); t(os.stat,'a','b'); t(os.stat,'a',foo=1)
t(os.open,'nonex',0); t(os.open,5,0); t(os.open,'x'); t(os.open,'nonex',0,dir_fd=2**40)
t(os.rename,'a','b'); t(os.rename,b'a','b'); t(os.rename,1,'b'); t(os.link,'a','b'); t(os.symlink,'a','/'); t(os.replace,'a','b')
t(os.chmod,'a'); t(os.chmod,'a',0o7,follow_symlinks=False); t(os.chmod,9999,0,dir_fd=3); t(os.chown,'x',-1,-2);t(os.chown,'x',2**33,0);t(os.chown,'x','a',0); t(os.chown,5,0,0,follow_symlinks=False); t(os.chown,5,0,0,dir_fd=4)
os.symlink("nothing", "dangling"); t(os.chmod,'dangling',0o7,follow_symlinks=False); t(os.readlink,'dangling'); t(os.readlink,b'dangling'); t(os.chmod,'dangling',0o7,dir_fd=os.open('.',0),follow_symlinks=False)
t(os.close,'a'); t(os.close,2**40); t(os.close,9999); t(os.fsync,'a'); t(os.fsync,-1); t(os.fsync,9999);t(os.fchdir,1.5); t(os.fsync,F()); t(os.fsync,G())
t(os.utime,'x',5); t(os.utime,'x',(1,)); t(os.utime,'x',(1,'a')); t(os.utime,'x',ns=(1,)); t(os.utime,'x',(1,2),ns=(1,2)); t(os.utime,'x',ns=5); t(os.utime,'x',ns=(1.5,2)); t(os.utime,'x',(float('nan'),1)); t(os.utime,'x',(1e300,1)); t(os.utime, 5, dir_fd=4); t(os.utime,5,follow_symlinks=False); t(os.utime,'x',(1e18,1e18)); t(os.utime,'x',None,ns=None)
t(os.listdir,'nonex'); t(os.listdir,9999); t(os.listdir,1.5); t(os.scandir,'nonex'); t(os.scandir,9999); t(os.scandir, 1.5); t(os.scandir,''); t(os.listdir,'')
t(os.access,'x','y'); t(os.access,'x',4,effective_ids=True,follow_symlinks=False); t(os.access,'x',4,dir_fd=4); t(os.access,5,5)
t(os.mkdir,'/tmp'); t(os.rmdir,'nonex'); t(os.unlink,'nonex');t(os.remove,'nonex')
t(os.read,9999,5); t(os.read,0,-1); t(os.read,0,2**70); t(os.write,9999,'a'); t(os.write,9999,b'a'); t(os.pread,0,-1,0)
t(os.sysconf,'nope'); t(os.sysconf,1.5); t(os.sysconf,2**40); t(os.sysconf,99999); t(os.confstr,'nope'); t(os.confstr,'CS_PATH'); t(os.confstr,99999); t(os.pathconf,'x','nope'); t(os.pathconf,'x','PC_NAME_MAX'); t(os.pathconf,'/tmp',99999); t(os.fpathconf,9999,1); t(os.fpathconf,'a',1)
t(os.strerror,'a'); t(os.strerror,99999); t(os.strerror,2); t(os.getpriority,1,2,3); t(os.kill,-2**40,5); t(os.kill,2**70,0); t(os.setgroups,5); t(os.setgroups,['a']); t(os.setgroups,[2**40]); t(os.getpgid,99999999); t(os.getpgid,2**40)
t(os.dup2,9999,5); t(os.dup2,-1,5); t(os.get_inheritable,9999); t(os.get_terminal_size,9999); t(os.get_terminal_size,'a'); t(os.get_terminal_size,0,1); t(os.ttyname,9999); t(os.fork,1)
t(os.execv,'x',5); t(os.execv,'x',[]); t(os.execv,'x',['']); t(os.execve,'x',['a'],5); t(os.execve,'x',['a'],{1:2}); t(os.execve,'x',['a'],{'a=b':'2'}); t(os.execv,'x',[5]); t(os.execve,'nonexist',['a'],{'a':'2'}); t(os.execve,9999,['a'],{}); t(os.execv,'nonexist',['a']); t(os.execv,'x',('a\0b',)); t(os.execve,'x',[5],{}); t(os.execve,'x',5,{}); t(os.execve,'x',[''],{})
t(posix.putenv,'a=b','c'); t(posix.putenv,'','c'); t(posix.putenv,'a\0','c'); t(posix.unsetenv,''); t(posix.unsetenv,'a=b'); t(posix.putenv,5,'c'); t(posix.unsetenv,5)
t(os.waitstatus_to_exitcode,0x137f); t(os.waitstatus_to_exitcode,-1); t(os.waitstatus_to_exitcode,2**40); t(os.waitpid,1,0); t(os.waitpid,2**40,0); t(os.waitid,99,0,0); t(os.WIFEXITED,'a'); t(os.WEXITSTATUS,status=256); t(os.WCOREDUMP,0x80); t(os.waitstatus_to_exitcode,9); t(os.waitstatus_to_exitcode,0xffff)
t(os.sched_setaffinity,0,5); t(os.sched_setaffinity,0,['a']); t(os.sched_setaffinity,0,[-1]); t(os.sched_setaffinity,0,[2**40]); t(os.sched_setaffinity,0,[]); t(os.sched_setparam,0,5); t(os.sched_getaffinity,-1); t(os.sched_setscheduler,0,0,5); t(os.sched_setparam,0,os.sched_param('x'));t(os.sched_param); t(os.sched_param,1,2); t(os.sched_param,5)
t(os.sendfile,1,2,3); t(os.sendfile,9999,9999,None,5); t(os.sendfile,9999,9999,'a',5); t(os.readv,0,5); t(os.readv,0,['a']); t(os.readv,9999,[b'a']); t(os.writev,0,5); t(os.writev,9999,[b'a']); t(os.writev,0,['a']); t(os.preadv,9999,[bytearray(5)],0); t(os.pwritev,9999,[b'a'],0); t(os.preadv,0,5,0)
t(os.getxattr,'nonex','a'); t(os.getxattr,5,'a',follow_symlinks=False); t(os.listxattr,'nonex'); t(os.setxattr,'nonex','a','b'); t(os.setxattr,'nonex','a',b'b'); t(os.removexattr,'nonex','a')
t(os.posix_spawn,'x',5,{}); t(os.posix_spawn,'x',[],{}); t(os.posix_spawn,'nonex',['a'],{}); t(os.posix_spawn,'x',['a'],{},file_actions=5); t(os.posix_spawn,'x',['a'],{},file_actions=[5]); t(os.posix_spawn,'x',['a'],{},file_actions=[()]); t(os.posix_spawn,'x',['a'],{},file_actions=[(99,)]); t(os.posix_spawn,'x',['a'],{},file_actions=[(0,1)]); t(os.posix_spawn,'x',['a'],{},setsigmask=5); t(os.posix_spawn,'x',['a'],{},setsigmask=[999]); t(os.posix_spawn,'x',['a'],{},scheduler=5); t(os.posix_spawn,'x',['a'],{},file_actions=[(1,1,2)]); t(os.posix_spawn,'x',['a'],{},file_actions=[(2,1)]); t(os.posix_spawn,'x',['a'],{},setsid='a'); t(os.posix_spawn,'x',[''],{}); t(os.posix_spawn,'x',['a'],None);t(os.posix_spawn,'x',['a'],{},scheduler=(1,)); t(os.posix_spawn,'x',['a'],{},scheduler=(1,5)); t(os.posix_spawnp,'nonex',['a'],{})
t(os.register_at_fork); t(os.register_at_fork,before=5); t(os.register_at_fork, 5)
t(os.copy_file_range,1,2,-1); t(os.copy_file_range,9999,9999,5); t(os.splice,1,2,-1); t(os.splice,9999,9999,5); t(os.copy_file_range,9999,9999,5,'a')
t(os.memfd_create,5); t(os.eventfd,-1); t(os.eventfd,2**33); t(os.eventfd,'a'); t(os.eventfd_write,1,-1); t(os.eventfd_write,1,2**70); t(os.eventfd_read,9999); t(os.getrandom,-1); t(os.urandom,-1); t(os.urandom,'a'); t(os.getrandom,5,99999)
t(posix.fspath,5); t(posix.fspath,P()); t(posix.fspath,Q())
for p in (5, b'abc', '', '.', './', 'a/..', '/..', '//..', '///', '//', 'a\0b/../c', './a', './/.', '../', '/./a', '..a/..', 'a/b/../../..', '../..//a/./../b', '/a/../b//c/.', '///a/', 'é/ü/../\U0001f600'): t(posix._path_normpath, p)
t(os.truncate,'nonex',5); t(os.truncate,9999,5); t(os.truncate,'x','y'); t(os.ftruncate,9999,5); t(os.lseek,9999,5,0); t(os.lseek,0,'a',0); t(os.lseek,0,2**70,0); t(os.posix_fallocate,9999,1,1); t(os.posix_fadvise,9999,1,1,1); t(os.lockf,9999,1,1)
t(os.mknod,'/tmp'); t(os.mkfifo,'/tmp'); t(os.mknod,'/tmp/x',0o600,-1); t(os.mknod,'/tmp/x',0o600,2**70); t(os.makedev,-1,5); t(os.makedev,3,5); t(os.major,-1); t(os.major,2**70); t(os.minor,0x305); t(os.umask,'a'); t(os.nice,'a'); t(os.system,5); t(os.initgroups,5,5); t(os.getgrouplist,'root','a'); t(os.setuid,'a'); t(os.setresuid,1,2,'a'); t(os.setpgid,99999999,0); t(os.tcgetpgrp,9999); t(os.getsid,-5); t(os.statvfs,'nonex'); t(os.fstatvfs,9999); t(os.readlink,'nonex'); t(os.readlink,'/'); t(os.chroot,'nonex'); t(os.chdir,'nonex'); t(os.chdir,9999); t(os.lchown,'nonex',0,0); t(os.fchown,9999,0,0); t(os.fchmod,9999,0); t(os.device_encoding,9999); t(os.get_blocking,9999); t(os.set_blocking,9999,1); t(os.set_blocking,0,'a'); t(os.set_inheritable,9999,1); t(os.closerange,5000,5005); t(os.closerange,'a',1); t(os.pipe2,99999999); t(os.isatty,9999); t(os.pidfd_open,-1); t(os.login_tty,9999); t(os._exit,'a'); t(os.waitstatus_to_exitcode,'a'); t(os.killpg,1,'a'); t(os.wait3,'a'); t(os.sched_getscheduler,-1); t(os.sched_get_priority_max,99); t(os.setpriority,99,0,0); t(os.sched_rr_get_interval,-1)
