using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Printing;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Comparisons by Go's rules: only like with like, integers of both kinds being alike.</summary>
internal static class Comparisons
{
    private const string Incompatible = "incompatible types for comparison";
    private const string Invalid = "invalid type for comparison";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<TemplateFunction> All { get; } =
    [
        TemplateFunction.Variadic("eq", static arguments => EqualsAny(arguments), GoKind.Any, GoKind.Any),
        TemplateFunction.Of("ne", static arguments => !AreEqual(arguments[0], arguments[1]), GoKind.Any, GoKind.Any),
        TemplateFunction.Of("lt", static arguments => IsLess(arguments[0], arguments[1]), GoKind.Any, GoKind.Any),
        TemplateFunction.Of("le", static arguments => IsLess(arguments[0], arguments[1]) || AreEqual(arguments[0], arguments[1]), GoKind.Any, GoKind.Any),
        // Not the opposite of "less": no number is above or below NaN, and Go says so of neither.
        TemplateFunction.Of("gt", static arguments => !(IsLess(arguments[0], arguments[1]) || AreEqual(arguments[0], arguments[1])), GoKind.Any, GoKind.Any),
        TemplateFunction.Of("ge", static arguments => !IsLess(arguments[0], arguments[1]), GoKind.Any, GoKind.Any),
    ];

    private enum Kind
    {
        None,
        Bool,
        Int,
        UInt,
        Float,
        Text,
        Other,
    }

    private static bool EqualsAny(object?[] arguments)
    {
        if (arguments.Length == 1)
        {
            throw new TemplateFailedException("missing argument for comparison");
        }

        for (int i = 1; i < arguments.Length; i++)
        {
            if (AreEqual(arguments[0], arguments[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreEqual(object? left, object? right)
    {
        Kind kind = KindOf(left);
        Kind other = KindOf(right);
        if (kind != other)
        {
            return (left, right) switch
            {
                (long a, ulong b) => a >= 0 && (ulong)a == b,
                (ulong a, long b) => b >= 0 && (ulong)b == a,
                (null, _) or (_, null) => false,
                _ => throw new TemplateFailedException(Incompatible),
            };
        }

        return (left, right) switch
        {
            (double a, double b) => a == b,
            (GoMap or GoList, _) or (_, GoMap or GoList) when left is not null && right is not null =>
                throw new TemplateFailedException($"non-comparable type {GoFormatter.Print(left)}: {GoValues.TypeName(left)}"),
            _ => Equals(left, right),
        };
    }

    private static bool IsLess(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a < b,
        (ulong a, ulong b) => a < b,
        (long a, ulong b) => a < 0 || (ulong)a < b,
        (ulong a, long b) => b >= 0 && a < (ulong)b,
        (double a, double b) => a < b,
        (string a, string b) => Storage.Querying.Utf8Order.Instance.Compare(a, b) < 0,
        _ => throw new TemplateFailedException(
            KindOf(left) is Kind.None or Kind.Other || KindOf(right) is Kind.None or Kind.Other || KindOf(left) == KindOf(right) ? Invalid : Incompatible),
    };

    private static Kind KindOf(object? value) => value switch
    {
        null => Kind.None,
        bool => Kind.Bool,
        long => Kind.Int,
        ulong => Kind.UInt,
        double => Kind.Float,
        string => Kind.Text,
        _ => Kind.Other,
    };
}
