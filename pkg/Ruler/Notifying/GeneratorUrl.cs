using System.Text;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Links to the graph of a query, of the form that Prometheus sends with alerts.</summary>
public static class GeneratorUrl
{
    /// <summary>The link.</summary>
    /// <param name="externalUrl">Address of this installation, with or without a slash at its end.</param>
    /// <param name="query">The query.</param>
    public static string Of(string externalUrl, string query)
    {
        ArgumentNullException.ThrowIfNull(externalUrl);
        return $"{externalUrl.TrimEnd('/')}/graph?g0.expr={Escape(query)}&g0.tab=1";
    }

    /// <summary>A value of a query string as Go's <c>url.QueryEscape</c> writes it: a space is a plus sign, <c>~</c> stays as it is.</summary>
    public static string Escape(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder(value.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')
            {
                text.Append(c);
            }
            else if (c == ' ')
            {
                text.Append('+');
            }
            else
            {
                text.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return text.ToString();
    }
}
