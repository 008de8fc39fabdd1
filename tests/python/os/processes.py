import os, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
sys.stdout.reconfigure(line_buffering=True)
r, w = os.pipe()
os.register_at_fork(before=lambda: print("before 1"), after_in_parent=lambda: print("parent 1"), after_in_child=lambda: os.write(w, b"hook "))
os.register_at_fork(before=lambda: print("before 2"))
pid = os.fork()
if pid == 0:
    os.write(w, b"from the child"); os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 99))
pid = os.posix_spawn("/bin/echo", ["echo", "spawned"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 1, 2)]); print(os.waitpid(pid, 0)[1])
pid = os.posix_spawnp("sh", ["sh", "-c", "kill -9 $$"], {}); status = os.waitpid(pid, 0)[1]; print(os.WIFSIGNALED(status), os.WTERMSIG(status), os.waitstatus_to_exitcode(status))
t(os.system, "exit 5"); t(subprocess.call, ["sh", "-c", "exit 7"]); t(subprocess.check_output, ["sh", "-c", "echo $0 $X", "a"], env={"X": "y"}); t(subprocess.run, ["nosuchprogram"]); t(subprocess.run, ["true"], cwd="/nosuch")
t(subprocess.run, "cat", input=b"in", capture_output=True, shell=True); t(subprocess.run, ["sh", "-c", "pwd; umask; ulimit -c"], cwd="/", umask=0o27, preexec_fn=lambda: None, capture_output=True, text=True); t(subprocess.run, ["true"], preexec_fn=lambda: 1 / 0)
p = subprocess.Popen(["sleep", "30"]); t(p.poll); p.terminate(); t(p.wait); p = subprocess.Popen(["cat"], stdin=-1, stdout=-1, start_new_session=True); print(os.getsid(p.pid) == p.pid, p.communicate(b"x" * 100000)[0] == b"x" * 100000)

try: subprocess.run(["sleep", "5"], timeout=0.05)
except subprocess.TimeoutExpired as e: print(type(e), e.cmd)
 usage = os.wait4(subprocess.Popen(["true"]).pid, 0); print(usage[1], type(usage[2]).__name__, usage[2].ru_utime >= 0)
print(os.waitid(os.P_PID, os.posix_spawn("/bin/true", ["true"], {}), os.WEXITED | os.WNOWAIT).si_status)
