using RemoteStore.PromQL.Annotations;

namespace RemoteStore.PromQL.Windowed;

/// <summary>Tells that an answer is not what raw samples would give, once for each selector and resolution. Belongs to one thread.</summary>
internal sealed class WindowNotes(AnnotationSet annotations, SelectorPlace place)
{
    private readonly HashSet<(string What, long ResolutionMs)> _told = [];
    private (string What, long ResolutionMs) _last;

    /// <summary>A range was answered from windows that reach beyond it.</summary>
    public void Widened(long resolutionMs) => Tell(AnnotationText.WidenedToWindows, resolutionMs);

    /// <summary>A value depends on samples that windows do not tell.</summary>
    public void Estimated(long resolutionMs) => Tell(AnnotationText.EstimatedFromWindows, resolutionMs);

    /// <summary>An instant selector found a sample, but not the latest.</summary>
    public void Outdated(long resolutionMs) => Tell(AnnotationText.LatestOfWindows, resolutionMs);

    private void Tell(string what, long resolutionMs)
    {
        if (_last == (what, resolutionMs))
        {
            return; // mostly, and cheaper than to look it up
        }

        _last = (what, resolutionMs);
        if (_told.Add(_last))
        {
            annotations.Info(AnnotationText.OfWindows(what, place.Text, resolutionMs), place.Position.Start);
        }
    }
}
