using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Flushing;

namespace RemoteStore.Tsdb;

/// <summary>What the data directory holds, by kind.</summary>
internal static class DiskUsage
{
    /// <summary>Sums file sizes.</summary>
    public static FlushReport Report(TsdbOptions options, PartCatalog catalog)
    {
        long rows = catalog.Parts.Sum(static p => p.Info.Rows + p.Info.HistogramRows);
        var bytes = new Dictionary<string, long>
        {
            ["parts"] = SizeOf(options.PartsDirectory),
            ["wal"] = SizeOf(options.WalDirectory),
            ["registry"] = SizeOf(options.TenantsDirectory),
            ["quarantine"] = SizeOf(options.QuarantineDirectory),
        };
        return new FlushReport(bytes, catalog.Parts.Count, rows);
    }

    private static long SizeOf(string directory)
    {
        long sum = 0;
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            try
            {
                sum += new FileInfo(file).Length;
            }
            catch (FileNotFoundException)
            {
                // Deleted while we looked.
            }
        }

        return sum;
    }
}
