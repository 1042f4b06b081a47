using RemoteStore.Model;
using RemoteStore.Model.Writes;

namespace RemoteStore.Storage.Appending;

/// <summary>Takes decoded writes. The ingester implements it, locally or across the network.</summary>
public interface IAppender
{
    /// <summary>
    /// Stores what is valid in the batch and returns when that is visible to queries and durable. Idempotent: the same batch again succeeds and changes nothing.
    /// </summary>
    /// <param name="tenant">Whose data it is.</param>
    /// <param name="batch">Borrowed until the returned task completes.</param>
    /// <param name="cancellationToken">Gives up waiting before anything was logged; ignored after that.</param>
    /// <exception cref="StorageUnavailableException">Nothing of it may be taken as stored; send it again later.</exception>
    ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken);
}

/// <summary>What reached stable storage when a write was acknowledged.</summary>
public enum Durability : byte
{
    /// <summary>Synced to stable storage.</summary>
    Fsync = 0,

    /// <summary>In memory only, because the operator chose so.</summary>
    Memory = 1,
}

/// <summary>Outcome of one append.</summary>
public sealed class AppendResult
{
    /// <summary>Float samples stored, identical duplicates included.</summary>
    public long SamplesWritten { get; set; }

    /// <summary>Histogram samples stored, identical duplicates included.</summary>
    public long HistogramsWritten { get; set; }

    /// <summary>Exemplars stored.</summary>
    public long ExemplarsWritten { get; set; }

    /// <summary>What the acknowledgement stands for.</summary>
    public Durability Durability { get; set; }

    /// <summary>What was refused and why.</summary>
    public RejectTally Rejects { get; } = new();
}

/// <summary>Refused samples of a request: totals by reason and the first few in words.</summary>
public sealed class RejectTally
{
    /// <summary>How many refusals are described; the rest only count.</summary>
    public const int MaxDetails = 5;

    private readonly long[] _counts = new long[(int)AppendStatus.SeriesDeleted + 1];
    private readonly List<string> _details = [];

    /// <summary>All refused samples, histograms and exemplars.</summary>
    public long Total { get; private set; }

    /// <summary>Descriptions of the first <see cref="MaxDetails"/> refusals.</summary>
    public IReadOnlyList<string> Details => _details;

    /// <summary>True while another description is wanted, so that callers build the text only then.</summary>
    public bool WantsDetail => _details.Count < MaxDetails;

    /// <summary>Refusals for one reason.</summary>
    public long Count(AppendStatus status) => _counts[(int)status];

    /// <summary>Counts <paramref name="count"/> refusals.</summary>
    public void Add(AppendStatus status, long count, string? detail = null)
    {
        _counts[(int)status] += count;
        Total += count;
        if (detail is not null && WantsDetail)
        {
            _details.Add(detail);
        }
    }
}
