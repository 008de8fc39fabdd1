import asyncio
async def job(n):
    await asyncio.sleep(0.01 * (3 - n))
    return n
async def agen():
    for i in range(3):
        yield i
        await asyncio.sleep(0)
async def main():
    print(await asyncio.gather(*(job(n) for n in range(3))), [i async for i in agen()])
    q = asyncio.Queue()
    async def producer():
        for i in range(3): await q.put(i)
    async with asyncio.TaskGroup() as group:
        group.create_task(producer())
        print([await q.get() for _ in range(3)])
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError: print("timeout")
    process = await asyncio.create_subprocess_exec("echo", "hi", stdout=-1)
    print(await process.communicate())
    server = await asyncio.start_server(lambda r, w: (w.write(b"welcome"), w.close()), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    print(await reader.read()); writer.close(); server.close()
asyncio.run(main())
