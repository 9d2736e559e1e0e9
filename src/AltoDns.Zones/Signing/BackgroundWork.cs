// Work on all processors that gives way to threads that answer questions.

using System.Runtime.InteropServices;

namespace AltoDns.Zones.Signing;

/// <summary>Runs a range of items in chunks on threads of its own; a range of one chunk runs on the caller's thread.</summary>
internal static partial class BackgroundWork
{
    // Some milliseconds of signing: threads end at nearly the same time.
    private const int ChunkLength = 64;

    private const int Niceness = 10;

    /// <summary>Calls <paramref name="work"/> for chunks of 0 to <paramref name="count"/>, in any order and at once.</summary>
    /// <param name="start">Makes what one thread needs; it is disposed by the caller where that is due.</param>
    /// <param name="work">Takes the thread's own, the first item and the one after the last.</param>
    /// <returns>What the threads had, at least one.</returns>
    /// <exception cref="Exception">The first that <paramref name="start"/> or <paramref name="work"/> threw.</exception>
    public static IReadOnlyList<TState> Run<TState>(int count, Func<TState> start, Action<TState, int, int> work)
    {
        var threads = Math.Clamp((count + ChunkLength - 1) / ChunkLength, 1, Environment.ProcessorCount);
        var states = new TState[threads];
        for (var i = 0; i < threads; i++)
        {
            states[i] = start();
        }

        if (count <= ChunkLength)
        {
            work(states[0], 0, count);
            return states;
        }

        var next = 0;
        Exception? failure = null;
        var running = Array.ConvertAll(states, state => new Thread(() => Work(state)) { IsBackground = true, Name = "signing" });
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        return failure is null ? states : throw new AggregateException(failure.Message, failure);

        void Work(TState state)
        {
            BeNice();
            try
            {
                while (Volatile.Read(ref failure) is null)
                {
                    var first = Interlocked.Add(ref next, ChunkLength) - ChunkLength;
                    if (first >= count)
                    {
                        return;
                    }

                    work(state, first, Math.Min(first + ChunkLength, count));
                }
            }
            catch (Exception exception)
            {
                Volatile.Write(ref failure, exception);
            }
        }
    }

    /// <summary>Makes the calling thread give way to others from now on.</summary>
    public static void BeNice()
    {
        // .NET maps no thread priorities to Linux, where each thread has a niceness of its own.
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, uint who, int priority);
}
