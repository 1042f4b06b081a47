namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// The registry in use. Eviction puts a smaller one in its place; who took hold of the one before goes on reading it until they let go.
/// </summary>
/// <remarks>Safe for concurrent use. Exchanges happen under the owner's lock, so under that lock <see cref="Current"/> needs no hold.</remarks>
internal sealed class RegistryHolder(SeriesRegistry registry, long generation)
{
    private SeriesRegistry _current = registry;
    private long _generation = generation;

    /// <summary>The registry in use, without a hold on its memory.</summary>
    public SeriesRegistry Current => Volatile.Read(ref _current);

    /// <summary>How often it was exchanged.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Takes hold of the registry in use; release it.</summary>
    public SeriesRegistry Retain()
    {
        while (true)
        {
            SeriesRegistry registry = Current;
            if (registry.TryRetain())
            {
                return registry;
            }

            ObjectDisposedException.ThrowIf(ReferenceEquals(registry, Current), this); // else it was exchanged between the two steps
        }
    }

    /// <summary>Puts another registry in place. The holder's hold on the one before passes to the caller, who releases it.</summary>
    public SeriesRegistry Exchange(SeriesRegistry registry)
    {
        SeriesRegistry old = _current;
        Volatile.Write(ref _current, registry);
        Volatile.Write(ref _generation, _generation + 1);
        return old;
    }
}
