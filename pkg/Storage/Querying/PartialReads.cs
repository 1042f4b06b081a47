namespace RemoteStore.Storage.Querying;

/// <summary>
/// Reads that may go on without what cannot be read. A read that meets a gap is begun anew without the source, rather than continued: an answer never has
/// a source's samples for some of its series only.
/// </summary>
public static class PartialReads
{
    private const int MaxGaps = 256; // an answer with more of them is none

    /// <summary>
    /// Reads, and where that is allowed reads again without what could not be read; what was set aside is read anew in any case, for it will never be readable.
    /// </summary>
    /// <param name="storage">What is read.</param>
    /// <param name="allowPartial">False: the first <see cref="MissingDataException"/> is thrown of something that was not set aside.</param>
    /// <param name="read">
    /// Reads from what it is given. The gaps of its answer are in <see cref="IQuerier.Missing"/>. May wrap a <see cref="MissingDataException"/> in another
    /// exception.
    /// </param>
    /// <returns>What <paramref name="read"/> returned.</returns>
    public static async ValueTask<T> RunAsync<T>(IQueryable storage, bool allowPartial, Func<IQueryable, ValueTask<T>> read)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(read);
        var without = new List<MissingData>();
        int setAside = 0;
        while (true)
        {
            try
            {
                return await read(without.Count == 0 ? storage : new ReducedQueryable(storage, [.. without])).ConfigureAwait(false);
            }
            catch (Exception e) when (setAside < MaxGaps && Find(e) is { IsSetAside: true })
            {
                setAside++;
            }
            catch (Exception e) when (allowPartial && Find(e) is not null)
            {
                if (!Add(Find(e)!.Missing, without))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The gaps of all lists, each once; null reads as empty.</summary>
    public static IReadOnlyList<MissingData> Union(params IEnumerable<IReadOnlyList<MissingData>> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        List<MissingData>? union = null;
        foreach (IReadOnlyList<MissingData> list in lists)
        {
            foreach (MissingData gap in list)
            {
                union ??= [];
                if (!union.Exists(gap.IsSameGap))
                {
                    union.Add(gap);
                }
            }
        }

        return union ?? (IReadOnlyList<MissingData>)[];
    }

    private static MissingDataException? Find(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is MissingDataException missing)
            {
                return missing;
            }
        }

        return null;
    }

    /// <summary>False when none is new: to read once more would fail once more.</summary>
    private static bool Add(IReadOnlyList<MissingData> gaps, List<MissingData> without)
    {
        int before = without.Count;
        foreach (MissingData gap in gaps)
        {
            if (!without.Exists(gap.IsSameGap))
            {
                without.Add(gap);
            }
        }

        return without.Count > before && without.Count <= MaxGaps;
    }
}
