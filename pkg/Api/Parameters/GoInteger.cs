using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RemoteStore.Api.Parameters;

/// <summary>Whole numbers of parameters, with the words of Go's conversion for what is none.</summary>
internal static class GoInteger
{
    /// <summary>Parses a decimal number with an optional sign.</summary>
    public static bool TryParse(string text, out long value, [NotNullWhen(false)] out string? fault)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            fault = null;
            return true;
        }

        int digits = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        bool isNumber = text.Length > digits && !text.AsSpan(digits).ContainsAnyExceptInRange('0', '9');
        fault = $"strconv.Atoi: parsing {Quote(text)}: {(isNumber ? "value out of range" : "invalid syntax")}";
        return false;
    }

    /// <summary>A text in double quotes, as messages show it.</summary>
    public static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
