// Threads for answers of many messages, such as zone transfers: queries go before them on every processor.

using System.Runtime.CompilerServices;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Listening;

/// <summary>
/// An asynchronous method enters them, works, and leaves them. Those that have entered take turns each time they enter again. A thread of
/// lower priority cannot have its priority back, and a thread that it starts inherits it: so these are no threads of the pool, and nothing
/// that may start one belongs here, such as what completes a task; a thread of the usual priority hands back to the pool what leaves.
/// </summary>
internal static class BackgroundThreads
{
    private const int MostThreads = 8;

    private static readonly WorkQueue _work = new("Background", Math.Min(Environment.ProcessorCount, MostThreads), WorkerScheduling.RunBehind, action => action());

    private static readonly WorkQueue _leaving = new(
        "Back to pool", 1, () => { }, action => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), action, preferLocal: false));

    private static int _isStarted;

    [ThreadStatic]
    private static bool _isCurrent;

    /// <summary>Whether the calling thread is one of these.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Goes on, once awaited, on one of these threads, behind what waits for one already.</summary>
    public static Switch Enter()
    {
        // All are started by a thread of the usual priority, for nobody else enters at first.
        if (Volatile.Read(ref _isStarted) == 0 && Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            _leaving.Start();
            _work.Start();
        }

        return new Switch(_work);
    }

    /// <summary>Goes on, once awaited, on a thread of the pool; at once where the calling thread is none of these.</summary>
    public static Switch Leave() => new(_leaving);

    /// <summary>What <c>await</c> wants.</summary>
    public readonly struct Switch(WorkQueue queue) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => queue == _work ? _isCurrent && queue.IsEmpty : !_isCurrent;

        public Switch GetAwaiter() => this;

        public void GetResult()
        {
            // There is nothing to hand over.
        }

        public void OnCompleted(Action continuation) => queue.Add(continuation);

        public void UnsafeOnCompleted(Action continuation) => queue.Add(continuation);
    }

    /// <summary>First come, first served. Its threads never end.</summary>
    public sealed class WorkQueue(string name, int threads, Action prepare, Action<Action> run)
    {
        private readonly Queue<Action> _waiting = [];
        private volatile int _count;

        public bool IsEmpty => _count == 0;

        public void Start()
        {
            for (var i = 0; i < threads; i++)
            {
                new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
            }
        }

        public void Add(Action action)
        {
            lock (_waiting)
            {
                _waiting.Enqueue(action);
                _count = _waiting.Count;
                Monitor.Pulse(_waiting);
            }
        }

        private void Run()
        {
            prepare();
            _isCurrent = this == _work;
            while (true)
            {
                Action action;
                lock (_waiting)
                {
                    while (_waiting.Count == 0)
                    {
                        Monitor.Wait(_waiting);
                    }

                    action = _waiting.Dequeue();
                    _count = _waiting.Count;
                }

                run(action);
            }
        }
    }
}
