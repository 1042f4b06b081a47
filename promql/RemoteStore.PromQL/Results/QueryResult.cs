using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Results;

/// <summary>The answer to a query.</summary>
/// <param name="Type">What it is: an instant vector has one point in each series, a scalar one series without labels.</param>
/// <param name="Series">Series with at least one point; of a range query in label order, of an instant query in the order that the query gives.</param>
/// <param name="Text">The text of a string query, else null.</param>
/// <param name="TimeMs">Evaluation time of an instant query.</param>
/// <param name="Warnings">Warnings with their places, in Prometheus' words.</param>
/// <param name="Infos">Infos with their places.</param>
/// <param name="Statistics">What it cost.</param>
public sealed record QueryResult(
    ExprType Type,
    IReadOnlyList<ResultSeries> Series,
    string? Text,
    long TimeMs,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Infos,
    QueryStatistics Statistics)
{
    /// <summary>What each operator did; null unless <see cref="QueryRequest.Trace"/> asks for it.</summary>
    public QueryTrace? Trace { get; init; }
}

/// <summary>A series of an answer.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Times">Timestamps, milliseconds since the Unix epoch, strictly ascending. Series may share the array; do not write to it.</param>
/// <param name="Values">Values, same length; meaningless where there is a histogram.</param>
/// <param name="Histograms">Histograms, same length, null where there is a value; null when there are none.</param>
public sealed record ResultSeries(
    LabelSet Labels, ReadOnlyMemory<long> Times, ReadOnlyMemory<double> Values, FloatHistogram?[]? Histograms);
