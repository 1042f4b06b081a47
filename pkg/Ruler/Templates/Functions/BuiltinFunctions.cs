using System.Globalization;
using System.Text;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Printing;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Functions that Go's text/template has, comparisons apart. The execution itself cuts <c>and</c> and <c>or</c> short.</summary>
internal static class BuiltinFunctions
{
    /// <summary>The functions.</summary>
    public static IReadOnlyList<TemplateFunction> All { get; } =
    [
        TemplateFunction.Variadic("and", static arguments => arguments[^1], GoKind.Any, GoKind.Any),
        TemplateFunction.Variadic("or", static arguments => arguments[^1], GoKind.Any, GoKind.Any),
        TemplateFunction.Of("not", static arguments => !GoValues.IsTrue(arguments[0]), GoKind.Any),
        TemplateFunction.Of("len", static arguments => Length(arguments[0]), GoKind.Any),
        TemplateFunction.Variadic("index", Index, GoKind.Any, GoKind.Any),
        TemplateFunction.Variadic("slice", Slice, GoKind.Any, GoKind.Any),
        TemplateFunction.Variadic("call", Call, GoKind.Any, GoKind.Any),
        TemplateFunction.Variadic("print", static arguments => GoPrint.Sprint(arguments), GoKind.Any),
        TemplateFunction.Variadic("println", static arguments => GoPrint.Sprintln(arguments), GoKind.Any),
        TemplateFunction.Variadic("printf", static arguments => GoPrint.Sprintf((string)arguments[0]!, arguments.AsSpan(1)), GoKind.Text, GoKind.Any),
        TemplateFunction.Variadic("html", static arguments => Escaping.Html(Joined(arguments)), GoKind.Any),
        TemplateFunction.Variadic("js", static arguments => Escaping.JavaScript(Joined(arguments)), GoKind.Any),
        TemplateFunction.Variadic("urlquery", static arguments => Escaping.UrlQuery(Joined(arguments)), GoKind.Any),
    ];

    /// <summary>The text of arguments as the escaping functions take them: nothing is shown as <c>&lt;no value&gt;</c>.</summary>
    private static string Joined(object?[] arguments) =>
        arguments is [string text] ? text : GoPrint.Sprint([.. arguments.Select(static argument => argument ?? "<no value>")]);

    private static long Length(object? value) => value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        GoList list => list.Items.Count,
        GoMap map => map.Entries.Count,
        null => throw new TemplateFailedException("len of nil pointer"),
        _ => throw new TemplateFailedException($"len of type {GoValues.TypeName(value)}"),
    };

    private static object? Index(object?[] arguments)
    {
        object? item = arguments[0] ?? throw new TemplateFailedException("index of untyped nil");
        foreach (object? index in arguments.AsSpan(1))
        {
            item = item switch
            {
                string text => ByteAt(Encoding.UTF8.GetBytes(text), index),
                GoList list => list.Items[Position(index, list.Items.Count - 1)],
                GoMap map when index is string name => map.Entries.TryGetValue(name, out object? value) ? value : map.Zero,
                GoMap => throw new TemplateFailedException(index is null ? "value is nil; should be of type string" : $"value has type {GoValues.TypeName(index)}; should be string"),
                null => throw new TemplateFailedException("index of nil pointer"),
                _ => throw new TemplateFailedException($"can't index item of type {GoValues.TypeName(item)}"),
            };
        }

        return item;
    }

    private static long ByteAt(byte[] bytes, object? index) => bytes[Position(index, bytes.Length - 1)];

    private static object Slice(object?[] arguments)
    {
        int indexes = arguments.Length - 1;
        if (indexes > 3)
        {
            throw new TemplateFailedException(string.Create(CultureInfo.InvariantCulture, $"too many slice indexes: {indexes}"));
        }

        switch (arguments[0])
        {
            case null:
                throw new TemplateFailedException("slice of untyped nil");
            case string when indexes == 3:
                throw new TemplateFailedException("cannot 3-index slice a string");
            case string text:
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                Range range = Bounds(arguments, bytes.Length);
                return Encoding.UTF8.GetString(bytes[range]);
            case GoList list:
                (int offset, int length) = Bounds(arguments, list.Items.Count).GetOffsetAndLength(list.Items.Count);
                return list with { Items = [.. list.Items.Skip(offset).Take(length)] };
            default:
                throw new TemplateFailedException($"can't slice item of type {GoValues.TypeName(arguments[0])}");
        }
    }

    private static Range Bounds(object?[] arguments, int count)
    {
        int[] bounds = [0, count, count];
        for (int i = 1; i < arguments.Length; i++)
        {
            bounds[i - 1] = Position(arguments[i], count);
        }

        for (int i = 0; i < (arguments.Length == 4 ? 2 : 1); i++)
        {
            if (bounds[i] > bounds[i + 1])
            {
                throw new TemplateFailedException(string.Create(CultureInfo.InvariantCulture, $"invalid slice index: {bounds[i]} > {bounds[i + 1]}"));
            }
        }

        return bounds[0]..bounds[1];
    }

    private static int Position(object? index, int last)
    {
        (bool isNumber, Int128 number) = index switch
        {
            long signed => (true, signed),
            ulong unsigned => (true, unsigned),
            null => throw new TemplateFailedException("cannot index slice/array with nil"),
            _ => (false, (Int128)0),
        };
        return !isNumber ? throw new TemplateFailedException($"cannot index slice/array with type {GoValues.TypeName(index)}")
            : number < 0 || number > last ? throw new TemplateFailedException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {number}"))
            : (int)number;
    }

    /// <summary>No value of a template is a function.</summary>
    private static object? Call(object?[] arguments) => throw new TemplateFailedException(
        arguments[0] is null ? "call of nil" : $"non-function of type {GoValues.TypeName(arguments[0])}");
}
