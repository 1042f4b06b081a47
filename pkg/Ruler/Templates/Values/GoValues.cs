namespace RemoteStore.Ruler.Templates.Values;

/// <summary>
/// What is the same for all values of templates. A value is null (none), <see cref="bool"/>, <see cref="long"/> (Go's int), <see cref="ulong"/>, <see cref="double"/>,
/// <see cref="string"/>, <see cref="GoList"/>, <see cref="GoMap"/> or an <see cref="IGoObject"/>.
/// </summary>
internal static class GoValues
{
    /// <summary>Type of a value, as messages call it.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        bool => "bool",
        long => "int",
        ulong => "uint64",
        double => "float64",
        string => "string",
        GoList list => list.TypeName,
        GoMap map => map.TypeName,
        IGoObject one => one.TypeName,
        SafeHtml => "template.HTML",
        _ => value.GetType().Name,
    };

    /// <summary>What a function takes, as messages call it.</summary>
    public static string TypeName(GoKind kind) => kind switch
    {
        GoKind.Text => "string",
        GoKind.Float => "float64",
        GoKind.Int => "int",
        GoKind.Bool => "bool",
        GoKind.Sample => GoSample.SampleType,
        GoKind.Samples => GoSample.AnswerType,
        GoKind.Duration => "time.Duration",
        GoKind.Time => "time.Time",
        _ => "interface {}",
    };

    /// <summary>Whether a condition holds with this value: anything but nothing, zero and what is empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        ulong number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        GoList list => list.Items.Count > 0,
        GoMap map => map.Entries.Count > 0,
        GoDuration duration => duration.Nanoseconds != 0,
        GoName name => name.Number != 0,
        SafeHtml html => html.Text.Length > 0,
        _ => true,
    };

    /// <summary>Whether a value is what a function takes.</summary>
    public static bool Fits(object value, GoKind kind) => kind switch
    {
        GoKind.Any => true,
        GoKind.Text => value is string,
        GoKind.Float => value is double,
        GoKind.Int => value is long,
        GoKind.Bool => value is bool,
        GoKind.Sample => value is GoStruct { TypeName: GoSample.SampleType },
        GoKind.Samples => value is GoList { TypeName: GoSample.AnswerType },
        GoKind.Duration => value is GoDuration,
        _ => value is GoTime,
    };

    /// <summary>Whether nothing may stand in for a value.</summary>
    public static bool CanBeNil(GoKind kind) => kind is GoKind.Any or GoKind.Sample or GoKind.Samples;
}
