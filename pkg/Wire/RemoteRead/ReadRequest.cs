using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>How a remote read response may be encoded; numbers as in the message.</summary>
public enum ReadResponseType
{
    /// <summary>One message with all samples.</summary>
    Samples = 0,

    /// <summary>A stream of encoded chunks.</summary>
    StreamedXorChunks = 1,
}

/// <summary>One query of a remote read request: series that satisfy all matchers, samples in the range.</summary>
public sealed record ReadQuery(QueryRange Range, IReadOnlyList<LabelMatcher> Matchers);

/// <summary>A remote read request.</summary>
/// <param name="Queries">Answered in this order.</param>
/// <param name="AcceptedResponseTypes">The client's choice, best first; empty means samples only. Numbers unknown here are kept.</param>
public sealed record ReadRequest(IReadOnlyList<ReadQuery> Queries, IReadOnlyList<ReadResponseType> AcceptedResponseTypes)
{
    /// <summary>What the client likes best of what is known here; null when nothing is.</summary>
    public ReadResponseType? PreferredResponseType
    {
        get
        {
            foreach (ReadResponseType type in AcceptedResponseTypes)
            {
                if (type is ReadResponseType.Samples or ReadResponseType.StreamedXorChunks)
                {
                    return type;
                }
            }

            return AcceptedResponseTypes.Count == 0 ? ReadResponseType.Samples : null;
        }
    }
}
