using System.Globalization;

namespace RemoteStore.Testing;

/// <summary>What Linux knows about a process, all threads together, read from <c>/proc</c>.</summary>
public static class ProcessStats
{
    private const double TicksPerSecond = 100; // USER_HZ is 100 on every Linux this runs on

    /// <summary>User and system time of all threads, dead ones included, in seconds; resolution 10 ms.</summary>
    public static double CpuSeconds(int processId)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        // The command name may hold spaces and parentheses: fields are counted behind its last one.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public static long ResidentBytes(int processId) => StatusBytes(processId, "VmRSS:");

    /// <summary>Highest resident memory since the start or <see cref="ResetPeak"/>, in bytes.</summary>
    public static long PeakResidentBytes(int processId) => StatusBytes(processId, "VmHWM:");

    /// <summary>Makes the resident memory of now the peak.</summary>
    /// <returns>False when the kernel does not let this process do so.</returns>
    public static bool ResetPeak(int processId)
    {
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/clear_refs"), "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>True while the process exists and is not a zombie.</summary>
    public static bool IsRunning(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long StatusBytes(int processId, string key)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                string kibibytes = line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new InvalidDataException($"no {key} in the status of process {processId}");
    }
}
