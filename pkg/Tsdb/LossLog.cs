using System.Globalization;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb;

/// <summary>
/// Times of which samples were lost with damaged parts and blocks, in a file of lines that outlives restarts: queries tell of them in each answer. Whoever has
/// brought the samples back removes the line, or the file, while the store is stopped. Safe for concurrent use.
/// </summary>
internal sealed class LossLog
{
    /// <summary>Name of the file in the quarantine: tenant (empty = all), least and greatest time in milliseconds, source, reason; tabs between.</summary>
    public const string FileName = "losses.tsv";

    private readonly string _path;
    private readonly IFileSystem _files;
    private readonly Lock _lock = new(); // guards changes of _losses and of the file
    private volatile Loss[] _losses;

    private LossLog(string path, IFileSystem files, Loss[] losses)
    {
        _path = path;
        _files = files;
        _losses = losses;
    }

    /// <summary>Reads what was noted before; lines that make no sense are passed over.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public static LossLog Open(string quarantine, IFileSystem files)
    {
        string path = Path.Combine(quarantine, FileName);
        Loss[] losses = File.Exists(path) ? [.. File.ReadAllLines(path).Select(Parse).OfType<Loss>()] : [];
        return new LossLog(path, files, losses);
    }

    /// <summary>Notes a loss, durably; one that is known already is not noted again.</summary>
    /// <param name="tenant">Whose samples; null when that can be anybody's.</param>
    /// <param name="gap">What is lost.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Note(TenantId? tenant, MissingData gap)
    {
        lock (_lock)
        {
            if (_losses.Any(loss => loss.Tenant == tenant && loss.Gap.IsSameGap(gap)))
            {
                return;
            }

            Loss[] losses = [.. _losses, new Loss(tenant, gap)];
            _files.CreateDirectory(Path.GetDirectoryName(_path)!);
            DurableFile.Replace(_files, _path, Encoding.UTF8.GetBytes(string.Concat(losses.Select(static loss => loss.ToLine()))));
            _losses = losses;
        }
    }

    /// <summary>What a tenant lost within a range, each gap as far as it lies in it.</summary>
    public IReadOnlyList<MissingData> Of(TenantId tenant, QueryRange range)
    {
        Loss[] losses = _losses;
        return losses.Length == 0
            ? []
            :
            [
                .. losses
                    .Where(loss => (loss.Tenant is null || loss.Tenant == tenant) && range.Overlaps(loss.Gap.Range.MinTime, loss.Gap.Range.MaxTime))
                    .Select(loss => loss.Gap with
                    {
                        Range = new QueryRange(Math.Max(range.MinTime, loss.Gap.Range.MinTime), Math.Min(range.MaxTime, loss.Gap.Range.MaxTime)),
                    }),
            ];
    }

    private static Loss? Parse(string line)
    {
        string[] fields = line.Split('\t');
        TenantId tenant = default;
        return fields.Length == 5 && (fields[0].Length == 0 || TenantId.TryParse(fields[0], out tenant, out _))
            && long.TryParse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long min)
            && long.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long max)
            ? new Loss(fields[0].Length == 0 ? null : tenant, new MissingData(new QueryRange(min, max), fields[3], fields[4]))
            : null;
    }

    private sealed record Loss(TenantId? Tenant, MissingData Gap)
    {
        public string ToLine() => string.Create(
            CultureInfo.InvariantCulture, $"{Tenant?.Name}\t{Gap.Range.MinTime}\t{Gap.Range.MaxTime}\t{Plain(Gap.Source)}\t{Plain(Gap.Reason)}\n");

        private static string Plain(string text) => string.Join(' ', text.Split(['\t', '\r', '\n']));
    }
}
