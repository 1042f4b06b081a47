using System.Globalization;
using System.Text;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>Figures of several targets side by side, the first one against each of the others.</summary>
internal static class QueryTable
{
    /// <summary>Renders a table in Markdown. Ratios are the first target's processor time over another's; below them their geometric means.</summary>
    public static string Render(IReadOnlyList<QueryFigures> targets)
    {
        var text = new StringBuilder("| query | series |");
        foreach (QueryFigures target in targets)
        {
            text.Append(CultureInfo.InvariantCulture, $" {target.Label}, CPU ms | wall ms |");
        }

        text.Append(" MiB |");
        foreach (QueryFigures other in targets.Skip(1))
        {
            text.Append(CultureInfo.InvariantCulture, $" / {other.Label} |");
        }

        text.AppendLine().Append("|---|---:|").Insert(text.Length, "---:|---:|", targets.Count).Append("---:|").Insert(text.Length, "---:|", targets.Count - 1).AppendLine();
        double[] logarithms = new double[targets.Count];
        int[] compared = new int[targets.Count];
        foreach (QueryFigure figure in targets[0].Queries)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Series} |");
            foreach (QueryFigures target in targets)
            {
                QueryFigure? own = Find(target, figure.Name);
                text.Append(CultureInfo.InvariantCulture, $" {own?.CpuMs:0.00} | {own?.WallMs:0.00} |");
            }

            text.Append(CultureInfo.InvariantCulture, $" {figure.PeakBytes / 1048576.0:0.0} |");
            for (int i = 1; i < targets.Count; i++)
            {
                double? ratio = figure.CpuMs / Find(targets[i], figure.Name)?.CpuMs;
                text.Append(CultureInfo.InvariantCulture, $" {ratio:0.00} |");
                if (ratio is { } known)
                {
                    logarithms[i] += Math.Log(known);
                    compared[i]++;
                }
            }

            text.AppendLine();
        }

        for (int i = 1; i < targets.Count; i++)
        {
            if (compared[i] > 0)
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"geometric mean of {targets[0].Label} / {targets[i].Label} over {compared[i]} queries: {Math.Exp(logarithms[i] / compared[i]):0.000}");
            }
        }

        return text.ToString();
    }

    private static QueryFigure? Find(QueryFigures target, string name) => target.Queries.FirstOrDefault(figure => figure.Name == name);
}
