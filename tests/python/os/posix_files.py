import os, stat, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
print(sorted(n for n in dir(os) if isinstance(getattr(os, n), int)) == sorted(set(dir(os)) & {n for n in dir(os) if isinstance(getattr(os, n), int)}))
os.mkdir("d", 0o755); fd = os.open("d/f", os.O_RDWR | os.O_CREAT, 0o640); os.umask(0o22)
t(os.write, fd, b"hello world"); t(os.lseek, fd, 0, 0); t(os.read, fd, 5); t(os.pread, fd, 5, 6); t(os.pwrite, fd, b"W", 6); t(os.pread, fd, 99, 0)
buffers = [bytearray(3), bytearray(4)]; t(os.preadv, fd, buffers, 1); t(os.writev, fd, [b"ab", memoryview(b"cd")]); t(os.ftruncate, fd, 6); t(os.fstat(fd).st_size.__index__)
s = os.stat("d/f"); print(stat.filemode(s.st_mode), s.st_nlink, s.st_size, s == os.fstat(fd), s.st_mtime_ns // 10**9 == int(s.st_mtime), len(s), s.n_fields, s[7] == int(s.st_atime))
os.utime("d/f", (1.5, 2.25)); s = os.stat("d/f"); print(s.st_atime, s.st_mtime, s.st_atime_ns, s.st_mtime_ns, s[8]); os.utime("d/f", ns=(10**18 + 1, -5)); print(os.stat("d/f").st_atime_ns, os.stat("d/f").st_mtime_ns, os.stat("d/f").st_mtime)
print(repr(os.stat_result(range(10)))); print(os.stat_result(range(19)).st_rdev, os.stat_result(range(10)).st_atime, os.stat_result(range(10), {"st_blocks": 7}).st_blocks)
t(os.stat_result); t(os.stat_result, (1,)); t(os.stat_result, range(50)); t(os.stat_result, range(10), 5); t(os.stat_result, 5); t(os.terminal_size, (1,)); t(os.terminal_size, (1,), foo=3); t(os.terminal_size, (80, 24)); t(os.terminal_size((1, 2)).__reduce__)
os.link("d/f", "d/g"); os.symlink("f", "d/s"); os.mkfifo("d/p"); os.mkdir("d/sub"); print(sorted(os.listdir("d")), sorted(os.listdir(b"d")), sorted(os.listdir(os.open("d", 0))))
with os.scandir("d") as it:
    for e in sorted(it, key=lambda e: e.name):
        print(e, e.name, e.path, e.is_dir(), e.is_file(), e.is_symlink(), e.is_file(follow_symlinks=False), e.stat().st_size if e.name != "sub" else 0, os.fspath(e), e.inode() == os.lstat(e.path).st_ino)
it = os.scandir("d"); it.close(); t(next, it, None); t(type(it)); t(type(e)); t(e.is_dir, True); t(e.stat, follow=1); print(os.DirEntry, os.DirEntry[int], next(os.scandir("d/")).path[:2], next(os.scandir(os.open("d/sub", 0)), "none"))
t(os.rename, "d/g", "d/h"); t(os.replace, "d/h", "d/f"); t(os.unlink, "d/s"); t(os.rmdir, "d"); t(os.access, "d/f", os.R_OK); t(os.readlink, "d/p"); t(os.getcwd, show=False); os.chdir("d"); print(os.path.basename(os.getcwd()), os.path.basename(os.getcwdb())); t(os.truncate, "f", 3); t(os.stat("f").st_size.__index__); os.chmod("f", 0o600); print(oct(os.stat("f").st_mode)); os.chdir("..")
t(os.setxattr, "d/f", "user.x", b"v"); t(os.listxattr, "d/f"); t(os.getxattr, "d/f", "user.x"); t(os.removexattr, "d/f", "user.x")
r, w = os.pipe(); t(os.get_inheritable, r); t(os.set_inheritable, r, True); t(os.get_inheritable, r); t(os.get_blocking, r); t(os.set_blocking, r, False); t(os.read, r, 1); os.write(w, b"xy"); t(os.read, r, 1); t(os.splice, r, w, 1) ; d = os.dup(r); t(os.get_inheritable, d); t(os.isatty, d)
e = os.eventfd(3); t(os.eventfd_read, e); t(os.eventfd_write, e, 2**64 - 2); t(os.eventfd_read, e); m = os.memfd_create("x"); t(os.write, m, b"abc"); t(os.sendfile, w, m, 0, 2); t(os.copy_file_range, m, fd, 2, 1)
print(type(os.uname()).__name__, os.uname().sysname, os.times().n_fields, os.cpu_count() >= 1, type(os.environ["PATH"]), os.getpid() > 0, os.getppid() > 0, len(os.urandom(9)), os.strerror(2), os.get_exec_path()[:0], os.ctermid())
print(os.sysconf("SC_PAGE_SIZE"), os.sysconf_names["SC_OPEN_MAX"], sorted(os.pathconf_names)[:3], os.pathconf("/", "PC_NAME_MAX"), os.supports_fd == {getattr(os, n) for n in "access chdir chmod chown execve listdir pathconf scandir stat statvfs truncate utime".split()} - {os.access})
for walk in os.walk("d"): print(walk[0], sorted(walk[1]), sorted(walk[2]))
