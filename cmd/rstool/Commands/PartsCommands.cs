using System.Globalization;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool parts …</c></summary>
internal static class PartsCommands
{
    /// <summary>Lists the parts that the manifest names.</summary>
    public static int List(DataDirectory directory, TextWriter output, CancellationToken cancellationToken)
    {
        PartManifest manifest = PartManifest.Load(directory.Parts);
        var table = new TextTable("PART", "LEVEL", "TENANTS", "SAMPLES", "HISTOGRAMS", "BYTES", "OLDEST", "NEWEST");
        foreach (PartInfo part in manifest.Parts)
        {
            table.Add(
                part.Id.ToString(), Number(part.Level), Number(part.Tenants), Number(part.Rows), Number(part.HistogramRows), Number(part.SizeBytes),
                part.IsEmpty ? "-" : TimeText.Format(part.MinTime), part.IsEmpty ? "-" : TimeText.Format(part.MaxTime));
        }

        table.WriteTo(output);
        long rows = manifest.Parts.Sum(static part => part.Rows + part.HistogramRows);
        long bytes = manifest.Parts.Sum(static part => part.SizeBytes);
        output.WriteLine(rows == 0
            ? $"{manifest.Parts.Length} parts, {bytes} bytes"
            : string.Create(CultureInfo.InvariantCulture, $"{manifest.Parts.Length} parts, {bytes} bytes, {(double)bytes / rows:0.###} bytes per sample"));
        return ToolCommands.Sound;
    }

    /// <summary>Reads and checks every part that the manifest names.</summary>
    public static int Verify(DataDirectory directory, TextWriter output, CancellationToken cancellationToken)
    {
        int damaged = 0;
        PartManifest manifest = PartManifest.Load(directory.Parts);
        foreach (PartInfo part in manifest.Parts)
        {
            List<string> faults = FaultsOf(Path.Combine(directory.Parts, part.Id.FileName), part, cancellationToken);
            damaged += faults.Count == 0 ? 0 : 1;
            output.WriteLine($"{part.Id.FileName}: {(faults.Count == 0 ? "ok" : "DAMAGED")}");
            foreach (string fault in faults)
            {
                output.WriteLine($"  {fault}");
            }
        }

        output.WriteLine($"{manifest.Parts.Length} parts read, {damaged} damaged");
        return damaged == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }

    private static List<string> FaultsOf(string path, PartInfo expected, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        try
        {
            using PartReader reader = PartReader.Open(path);
            if (reader.Info != expected)
            {
                faults.Add($"the manifest names {expected}, the file says {reader.Info}");
            }

            faults.AddRange(reader.VerifyAll(cancellationToken).Select(Describe));
        }
        catch (CorruptDataException e)
        {
            faults.Add(e.Message);
        }
        catch (IOException e)
        {
            faults.Add($"cannot be read: {e.Message}");
        }

        return faults;
    }

    private static string Describe(DamagedBlock block)
    {
        string content = block.Content is { } held
            ? $", held {held.Rows} {(held.Histograms ? "histograms" : "samples")} of tenant {held.Tenant?.Name ?? "unknown"} from {TimeText.Format(held.MinTime)} to {TimeText.Format(held.MaxTime)}"
            : "";
        return $"offset {block.Offset}, {block.LengthBytes} bytes: {block.What}{content}";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
