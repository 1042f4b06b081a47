using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>Changes labels; decides also whether a name that was to be dropped comes back.</summary>
internal abstract class LabelChange
{
    /// <summary>Makes the new labels, which <see cref="LabelEditor.Finish"/> then gives; false when they stay.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="editor">Takes the edits.</param>
    /// <param name="query">Bounds the length of a label, and may be cancelled.</param>
    /// <exception cref="QueryException">There would be more bytes.</exception>
    public abstract bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor, QueryContext query);

    /// <summary>Most bytes that the change needs for itself.</summary>
    public virtual long ScratchBytes => 0;

    /// <summary>True when the change is of the metric name.</summary>
    public abstract bool IsOfName { get; }
}
