using System.Globalization;
using System.Text;

namespace RemoteStore.Api.Parameters;

/// <summary>
/// Names outside the classic alphabet in the form that URLs can carry: prefix <c>U__</c>, an underscore doubled, any other character as its code point in
/// hexadecimal between underscores.
/// </summary>
internal static class LabelNameEscaping
{
    private const string Prefix = "U__";
    private const int MaxDigits = 6;

    /// <summary>The name that was escaped; the text itself when it is not in that form.</summary>
    public static string Unescape(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return text;
        }

        var name = new StringBuilder(text.Length);
        for (int i = Prefix.Length; i < text.Length; i++)
        {
            if (text[i] != '_')
            {
                name.Append(text[i]);
                continue;
            }

            int end = text.IndexOf('_', i + 1);
            if (end < 0 || end - i - 1 > MaxDigits)
            {
                return text;
            }

            if (end == i + 1)
            {
                name.Append('_');
            }
            else if (int.TryParse(text.AsSpan(i + 1, end - i - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) &&
                Rune.IsValid(code))
            {
                name.Append(new Rune(code).ToString());
            }
            else
            {
                return text;
            }

            i = end;
        }

        return name.ToString();
    }
}
