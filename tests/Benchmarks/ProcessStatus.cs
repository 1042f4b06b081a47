using System.Globalization;

namespace RemoteStore.Benchmarks;

/// <summary>What Linux tells of this process.</summary>
internal static class ProcessStatus
{
    /// <summary>A figure in KiB: <c>VmRSS</c> is the memory resident now, <c>VmHWM</c> the most that was.</summary>
    public static long KiB(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length + 1).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
