using System.Text;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Windowed;

/// <summary>A selector as it stands in the query.</summary>
/// <param name="Query">The text of the query.</param>
/// <param name="Position">Where in it.</param>
internal sealed record SelectorPlace(string Query, PositionRange Position)
{
    /// <summary>Nowhere: a selector that the engine makes up.</summary>
    public static SelectorPlace None { get; } = new("", default);

    /// <summary>Its text, as written.</summary>
    public string Text
    {
        get
        {
            byte[] query = Encoding.UTF8.GetBytes(Query);
            int end = Math.Min(Position.End, query.Length);
            int start = Math.Min(Position.Start, end);
            return Encoding.UTF8.GetString(query.AsSpan(start, end - start));
        }
    }
}
