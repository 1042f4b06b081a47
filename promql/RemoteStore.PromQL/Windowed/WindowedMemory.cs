using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Execution;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>A growing array of windows that a query is charged for.</summary>
internal sealed class WindowedMemory(QueryMemory memory) : IDisposable
{
    private WindowAggregate[] _windows = [];
    private long _charged;

    /// <summary>Bytes of a window.</summary>
    public static int WindowBytes => Unsafe.SizeOf<WindowAggregate>();

    /// <summary>Room for a number of windows, of unknown content; earlier room is not valid any more.</summary>
    /// <exception cref="QueryException">The query holds too much.</exception>
    public Span<WindowAggregate> Fit(int count)
    {
        if (_windows.Length < count)
        {
            int length = (int)Math.Min(Math.Max(count, _windows.Length * 2L), Array.MaxLength);
            long more = (length - _windows.Length) * (long)WindowBytes;
            memory.Charge(more);
            _charged += more;
            _windows = new WindowAggregate[length];
        }

        return _windows.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Release(_charged);
        (_windows, _charged) = ([], 0);
    }
}
