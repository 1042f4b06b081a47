namespace RemoteStore.Testing;

/// <summary>Decides which operations that were never synced a power loss leaves on disk.</summary>
public sealed class CrashImageChoice
{
    private readonly Func<int, Fate> _choose;
    private readonly Func<int, bool> _keepSector;

    private CrashImageChoice(Func<int, Fate> choose, Func<int, bool> keepSector)
    {
        _choose = choose;
        _keepSector = keepSector;
    }

    /// <summary>What can become of an operation.</summary>
    public enum Fate
    {
        /// <summary>It never reached the disk.</summary>
        Lost,

        /// <summary>It reached the disk whole.</summary>
        Kept,

        /// <summary>A write of which only some sectors arrived; the file is as long as if all had. Other operations are kept.</summary>
        Torn,
    }

    /// <summary>The disk did nothing that it was not asked to finish.</summary>
    public static CrashImageChoice Nothing { get; } = new(_ => Fate.Lost, _ => false);

    /// <summary>The disk was quick: everything is there.</summary>
    public static CrashImageChoice Everything { get; } = new(_ => Fate.Kept, _ => true);

    /// <summary>Any subset, in any order, with torn writes.</summary>
    public static CrashImageChoice Random(int seed)
    {
        var random = new Random(seed);
        return new(_ => (Fate)random.Next(3), _ => random.Next(2) == 0);
    }

    /// <summary>The first <paramref name="count"/> unsynced operations of the recording arrived, the rest did not.</summary>
    public static CrashImageChoice Until(int count) => new(index => index < count ? Fate.Kept : Fate.Lost, _ => true);

    /// <summary>What becomes of the operation at <paramref name="index"/>; asked once for each that is not durable.</summary>
    public Fate Of(int index) => _choose(index);

    /// <summary>Whether a sector of a torn write arrived.</summary>
    public bool KeepSector(int sector) => _keepSector(sector);
}
