using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Goes through the pages of selected series in order and joins neighbours into runs that are read at once. Not safe for concurrent use.</summary>
internal sealed class PageWalk(IndexReader index, IndexDirectory directory, PageReader pages, SeriesRuns selection, QueryRange range)
{
    private readonly PageTable _table = directory.SamplePages;
    private PageEntry[] _entries = [];
    private int _frame = -1;
    private int _next; // entry of the frame to look at next
    private int _series; // series from here on can still come

    /// <summary>The next pages to read together, with their numbers; empty at the end.</summary>
    public async ValueTask<List<(int Number, PageEntry Entry)>> NextRunAsync(CancellationToken cancellationToken)
    {
        var run = new List<(int Number, PageEntry Entry)>();
        while (await SeekAsync(cancellationToken).ConfigureAwait(false))
        {
            PageEntry entry = _entries[_next];
            if (run.Count > 0 && !pages.Joins(run[0].Entry, run[^1].Entry, entry) && entry.First != run[^1].Entry.Last)
            {
                return run; // a series is never split over two runs: its samples come in one piece
            }

            run.Add(((_frame * BlockFormat.PagesPerFrame) + _next, entry));
            _next++;
        }

        return run;
    }

    /// <summary>Moves to the next page that overlaps the range and has a selected series; false at the end.</summary>
    private async ValueTask<bool> SeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int run = selection.Seek(_series);
            if (run == selection.RunCount || _table.Pages == 0)
            {
                return false;
            }

            int wanted = Math.Max(_series, selection.Start(run));
            int frame = Math.Max(_frame, _table.FrameOf(wanted));
            if (_next == _entries.Length && frame == _frame)
            {
                frame++;
                if (frame < _table.Frames.Count && _table.First[frame] > _series)
                {
                    _series = _table.First[frame]; // nothing before can come; perhaps nothing at all, and the frame need not be read
                    if (selection.Seek(_series) == selection.RunCount)
                    {
                        return false;
                    }
                }
            }

            if (frame == _table.Frames.Count)
            {
                return false;
            }

            if (frame != _frame)
            {
                _entries = await index.GetPagesAsync(BlockSection.SamplePages, _table, frame, cancellationToken).ConfigureAwait(false);
                _frame = frame;
                _next = 0;
            }

            while (_next < _entries.Length)
            {
                PageEntry entry = _entries[_next];
                if (entry.First > wanted)
                {
                    // The last page with the series wanted before has passed; look for the next one from here on.
                    _series = entry.First;
                    run = selection.Seek(_series);
                    if (run == selection.RunCount)
                    {
                        return false;
                    }

                    wanted = Math.Max(_series, selection.Start(run));
                }

                if (entry.Last >= wanted && range.Overlaps(entry.MinTime, entry.MaxTime))
                {
                    return true;
                }

                _next++;
            }

            // The series sought may go on in the next frame.
        }
    }
}
