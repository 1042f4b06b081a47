using System.Globalization;

namespace RemoteStore.Ruler.Templates.Execution;

/// <summary>What one expansion may cost, so that no template hangs or fills memory. For one expansion.</summary>
internal sealed class TemplateBudget
{
    /// <summary>Most characters that an expansion puts out, and that one text may have.</summary>
    public const int MaxTextLength = 1 << 20;

    /// <summary>Most calls of templates within one another.</summary>
    public const int MaxCallDepth = 100;

    private const long MaxSteps = 1_000_000;
    private const long MaxProduced = 16L << 20;
    private const int MaxQueries = 1_000;

    private long _steps;
    private long _produced;
    private int _queries;

    /// <summary>Counts steps.</summary>
    /// <exception cref="TemplateFailedException">There were too many.</exception>
    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > MaxSteps || count < 0)
        {
            throw Exceeded("steps", MaxSteps);
        }
    }

    /// <summary>Counts characters of texts that were made on the way.</summary>
    /// <exception cref="TemplateFailedException">There were too many.</exception>
    public void Produce(int length)
    {
        _produced += length;
        if (_produced > MaxProduced)
        {
            throw Exceeded("characters of texts", MaxProduced);
        }
    }

    /// <summary>Counts a query.</summary>
    /// <exception cref="TemplateFailedException">There were too many.</exception>
    public void Query()
    {
        if (++_queries > MaxQueries)
        {
            throw Exceeded("queries", MaxQueries);
        }
    }

    /// <summary>A text is too long.</summary>
    public static TemplateFailedException TooLong() => Exceeded("characters", MaxTextLength);

    private static TemplateFailedException Exceeded(string what, long limit) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the template takes more than {limit} {what}"));
}
