using System.Text;

namespace RemoteStore.PromQL.Annotations;

/// <summary>
/// Warnings and infos of a query, each text once, with the place of the first expression of the query that met it: the reference engine evaluates in the order of
/// the text, and this way the order in which operators run does not show. Safe for concurrent use.
/// </summary>
internal sealed class AnnotationSet
{
    private readonly Lock _lock = new(); // guards _found and _order
    private readonly Dictionary<string, int> _found = new(StringComparer.Ordinal);
    private readonly List<(string Text, bool IsWarning)> _order = [];
    private int _count; // of _order, to be read without the lock
    private readonly Dictionary<string, ForcedBuckets> _monotonicity = new(StringComparer.Ordinal);

    /// <summary>Adds a warning.</summary>
    /// <param name="text">Without prefix and place.</param>
    /// <param name="position">Offset in the query, in bytes.</param>
    public void Warn(string text, int position) => Add("PromQL warning: " + text, position, isWarning: true);

    /// <summary>Adds an info.</summary>
    /// <param name="text">Without prefix and place.</param>
    /// <param name="position">Offset in the query, in bytes.</param>
    public void Info(string text, int position) => Add("PromQL info: " + text, position, isWarning: false);

    /// <summary>Adds a report that buckets had to be made monotonic; reports of one text widen each other.</summary>
    public void ForcedMonotonicity(string metricName, int position, in ForcedBuckets report)
    {
        string text = "PromQL info: " + AnnotationText.WithMetricName(AnnotationText.ForcedMonotonicity, metricName);
        Add(text, position, isWarning: false);
        Widen(text, report);
    }

    /// <summary>True when nothing was added, or all of it was moved.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Adds everything to another set, in the order in which it was met, and forgets it.</summary>
    public void MoveTo(AnnotationSet target)
    {
        lock (_lock)
        {
            foreach ((string text, bool isWarning) in _order)
            {
                target.Add(text, _found[text], isWarning);
                if (_monotonicity.TryGetValue(text, out ForcedBuckets report))
                {
                    target.Widen(text, report);
                }
            }

            _order.Clear();
            _found.Clear();
            _monotonicity.Clear();
            Volatile.Write(ref _count, 0);
        }
    }

    /// <summary>Full texts of warnings or infos, in the order in which they were met.</summary>
    /// <param name="query">The query's text, for line and column.</param>
    /// <param name="warnings">True for warnings, false for infos.</param>
    public IReadOnlyList<string> Texts(string query, bool warnings)
    {
        lock (_lock)
        {
            return [.. _order.Where(one => one.IsWarning == warnings).Select(one => Describe(query, one.Text))];
        }
    }

    private string Describe(string query, string text)
    {
        string place = Place(query, _found[text]);
        return _monotonicity.TryGetValue(text, out ForcedBuckets report) ? $"{text}{report} ({place})" : $"{text} ({place})";
    }

    /// <summary>Line and column from 1; columns count bytes.</summary>
    private static string Place(string query, int position)
    {
        int line = 1;
        int column = 1;
        ReadOnlySpan<byte> before = Encoding.UTF8.GetBytes(query);
        foreach (byte c in before[..Math.Min(position, before.Length)])
        {
            column++;
            if (c == '\n')
            {
                line++;
                column = 1;
            }
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line}:{column}");
    }

    private void Widen(string text, in ForcedBuckets report)
    {
        lock (_lock)
        {
            _monotonicity[text] = _monotonicity.TryGetValue(text, out ForcedBuckets known) ? known.Widen(report) : report;
        }
    }

    private void Add(string text, int position, bool isWarning)
    {
        lock (_lock)
        {
            if (_found.TryAdd(text, position))
            {
                _order.Add((text, isWarning));
                Volatile.Write(ref _count, _order.Count);
            }
            else if (position < _found[text])
            {
                _found[text] = position;
            }
        }
    }
}
