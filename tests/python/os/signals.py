import os, select, signal, sys, time, _signal as s, threading
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
t(s.alarm,'a'); t(s.signal,0,s.SIG_DFL); t(s.signal,65,1); t(s.signal,1,5); t(s.signal,'a',1); t(s.signal,9,s.SIG_DFL); t(s.signal,2,s.SIG_IGN); t(s.signal,2,None); t(s.getsignal,2);t(s.getsignal,0); t(s.getsignal,64); t(s.getsignal,65); t(s.getsignal,32); t(s.getsignal, 13)
t(s.siginterrupt,0,1); t(s.siginterrupt,65,1); t(s.set_wakeup_fd,'a'); t(s.set_wakeup_fd,9999); t(s.set_wakeup_fd,-1); t(s.set_wakeup_fd,-5); t(s.set_wakeup_fd,-1,warn_on_full_buffer=False)
t(s.setitimer,99,1); t(s.setitimer,0,'a'); t(s.setitimer,0,-1); t(s.setitimer,0,0); t(s.getitimer,0); t(s.getitimer,99); t(s.setitimer,0,100,5); t(s.setitimer,0,0, show=False)
t(s.pthread_kill,'a',1); t(s.pthread_sigmask,99,[]); t(s.pthread_sigmask,0,5); t(s.pthread_sigmask,0,['a']); t(s.pthread_sigmask,0,[0]); t(s.pthread_sigmask,0,[2**70]); t(s.pthread_sigmask,0,[10]); t(s.raise_signal,10); t(s.sigpending); t(s.sigtimedwait,[10],0, show=False); t(s.pthread_sigmask,1,[10]); t(s.sigpending); t(s.sigwait,5); t(s.sigtimedwait,[10],-1); t(s.sigtimedwait,[10],0); t(s.sigtimedwait,[10],'a'); t(s.strsignal,0); t(s.strsignal,2); t(s.strsignal,40); t(s.strsignal,65); t(s.raise_signal,0); t(s.raise_signal,99); t(s.valid_signals); t(s.default_int_handler,1,None); t(s.pidfd_send_signal,1,1,5); t(s.pidfd_send_signal,9999,1); print(s.SIG_DFL, type(s.SIG_DFL), s.ItimerError, s.ItimerError.__bases__, s.struct_siginfo, s.struct_siginfo.__match_args__)
print(signal.signal(signal.SIGUSR1, lambda n, f: print("handler", n, f.f_code.co_name)), signal.getsignal(signal.SIGUSR1) is not None)
def here(): os.kill(os.getpid(), signal.SIGUSR1)
here(); signal.raise_signal(signal.SIGUSR1)
def boom(n, f): raise ZeroDivisionError("from the handler")
signal.signal(signal.SIGALRM, boom); signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    y = 0  # CPython 3.11 does not see a loop at the very beginning as part of the try statement
    while True: x = 1
except ZeroDivisionError as e: print(e)
for blocking in (lambda: time.sleep(5), lambda: os.read(os.pipe()[0], 1), lambda: select.select([], [], [], 5), lambda: select.poll().poll(5000), lambda: threading.Lock().acquire() and threading.Event().wait(5), lambda: signal.pause()):
    signal.setitimer(signal.ITIMER_REAL, 0.02); t0 = time.monotonic()
    try: blocking()
    except ZeroDivisionError as e: print(e, time.monotonic() - t0 < 2)
calls = []; signal.signal(signal.SIGALRM, lambda n, f: calls.append(n)); signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01); t0 = time.monotonic(); time.sleep(0.1); signal.setitimer(signal.ITIMER_REAL, 0); print(len(calls) > 3, time.monotonic() - t0 >= 0.1)
r, w = os.pipe(); os.set_blocking(w, False); os.set_blocking(r, False); signal.set_wakeup_fd(w); signal.raise_signal(signal.SIGUSR1); print(os.read(r, 9)); print(signal.set_wakeup_fd(-1) == w)
def worker():
    try: signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError as e: print(e)
thread = threading.Thread(target=worker); thread.start(); thread.join()
signal.signal(signal.SIGINT, signal.default_int_handler)
try: os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt: print("interrupted")
