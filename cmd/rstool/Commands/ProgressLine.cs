using System.Globalization;

namespace RemoteStore.Tool.Commands;

/// <summary>Tells how far long work is: on a terminal a line that is written over, elsewhere a line every ten seconds. Short work says nothing.</summary>
internal sealed class ProgressLine(TextWriter errors, TimeProvider time, bool terminal)
{
    private readonly TimeSpan _interval = terminal ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(10);
    private long _last = time.GetTimestamp();
    private bool _written;

    /// <summary>Progress on the tool's own standard error, or on another writer as on a file.</summary>
    public static ProgressLine On(TextWriter errors) => new(errors, TimeProvider.System, terminal: errors == Console.Error && !Console.IsErrorRedirected);

    /// <summary>Reports progress, if it is time to.</summary>
    /// <param name="what">What is worked on.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">Of how much; 0 when unknown.</param>
    public void Report(string what, long done, long total)
    {
        if (time.GetElapsedTime(_last) < _interval)
        {
            return;
        }

        _last = time.GetTimestamp();
        string share = total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * done / total:0} %") : done.ToString(CultureInfo.InvariantCulture);
        if (terminal)
        {
            errors.Write($"\r\e[K{what}: {share}");
            _written = true;
        }
        else
        {
            errors.WriteLine($"{what}: {share}");
        }
    }

    /// <summary>Takes the line away again.</summary>
    public void Clear()
    {
        if (_written)
        {
            errors.Write("\r\e[K");
            _written = false;
        }
    }
}
