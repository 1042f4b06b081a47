using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>The series of a block of samples: read once from one end to the other, so that no cache keeps its pages, and decoded one at a time.</summary>
internal sealed class SampleInputStream(WindowInput input) : WindowInputStream(input)
{
    private readonly BlockCursor _cursor = input.Block.OpenCursor(input.Range);

    /// <inheritdoc/>
    public override LabelSet Labels => _cursor.Labels;

    /// <inheritdoc/>
    public override SampleBuffer Samples => _cursor.Samples;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _cursor.DisposeAsync();

    /// <inheritdoc/>
    protected override ValueTask<bool> MoveAsync(CancellationToken cancellationToken) => _cursor.MoveNextAsync(cancellationToken);
}
