using RemoteStore.Blocks.Merging;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>The series of an input in label order, each with what belongs to the input's stretch of time.</summary>
/// <param name="input">The input; its block stays the caller's.</param>
internal abstract class WindowInputStream(WindowInput input) : IAsyncDisposable
{
    /// <summary>The input.</summary>
    protected WindowInput Input { get; } = input;

    /// <summary>Labels of the current series, valid until the next move.</summary>
    public abstract LabelSet Labels { get; }

    /// <summary>Samples and windows of the current series, sorted and deduplicated; valid until the next move. There may be none.</summary>
    public abstract SampleBuffer Samples { get; }

    /// <summary>Opens the stream that suits the block.</summary>
    public static WindowInputStream Open(WindowInput input) =>
        input.Block.Meta.ResolutionMs == 0 ? new SampleInputStream(input) : new FinerWindowStream(input);

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="DamagedBlockException">The block is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MoveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(Input.Block.Meta.Id, damage);
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="CorruptDataException">The block is damaged.</exception>
    protected abstract ValueTask<bool> MoveAsync(CancellationToken cancellationToken);
}
