using System.Net.Http.Headers;

namespace RemoteStore.ObjectStore.S3;

/// <summary>
/// Stands between the client library and the network. The library turns server errors without a body into null references and hides their status and words, so
/// they leave here as exceptions of their own; and it has no way to ask for a conditional write, so the header is added here.
/// </summary>
internal sealed class AnswerGuard(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly AsyncLocal<bool> s_createOnly = new();

    /// <summary>True while writes of this flow of control must not replace an object.</summary>
    public static bool CreateOnly
    {
        get => s_createOnly.Value;
        set => s_createOnly.Value = value;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CreateOnly && request.Method == HttpMethod.Put)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any); // unsigned, which S3 allows
        }

        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new S3StatusException(answer.StatusCode, await S3Errors.BodyAsync(answer, cancellationToken).ConfigureAwait(false));
        }
    }
}
