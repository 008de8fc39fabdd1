import queue, threading, time, concurrent.futures
q, results = queue.Queue(), []
def worker():
    while (item := q.get()) is not None:
        results.append(item * item)
        q.task_done()
threads = [threading.Thread(target=worker) for _ in range(4)]
for t in threads: t.start()
for i in range(100): q.put(i)
q.join()
for t in threads: q.put(None)
for t in threads: t.join()
print(sorted(results)[-3:], len(results), threading.active_count())
lock, count = threading.Lock(), 0
def add():
    global count
    for _ in range(2000):
        with lock: count += 1
threads = [threading.Thread(target=add) for _ in range(5)]
[t.start() for t in threads]; [t.join() for t in threads]
print(count)
with concurrent.futures.ThreadPoolExecutor(3) as pool: print(list(pool.map(pow, range(5), [2] * 5)))
event = threading.Event(); timer = threading.Timer(0.01, event.set); timer.start(); print(event.wait(5))
local = threading.local(); local.x = 1
t = threading.Thread(target=lambda: print(hasattr(local, "x"))); t.start(); t.join()
