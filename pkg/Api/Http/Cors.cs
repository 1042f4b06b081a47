using Microsoft.AspNetCore.Http;
using RemoteStore.Model.Regexp;

namespace RemoteStore.Api.Http;

/// <summary>Lets pages of other origins read the API.</summary>
internal sealed class Cors
{
    /// <summary>The expression that admits every origin.</summary>
    public const string AnyOrigin = ".*";

    private readonly Re2Regex? _origins;

    /// <summary>Creates the rule.</summary>
    /// <param name="origins">Expression that an origin must match as a whole.</param>
    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    public Cors(string origins)
    {
        if (origins != AnyOrigin && !Re2Regex.TryParse(origins, out _origins, out string? error))
        {
            throw new ArgumentException(error, nameof(origins));
        }
    }

    /// <summary>Adds the headers when the request comes from a page of an admitted origin.</summary>
    public void AddHeaders(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return;
        }

        IHeaderDictionary headers = context.Response.Headers;
        if (_origins is null)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else
        {
            headers.Append("Vary", "Origin");
            if (!_origins.IsMatch(System.Text.Encoding.UTF8.GetBytes(origin)))
            {
                return;
            }

            headers.AccessControlAllowOrigin = origin;
        }

        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin, X-Scope-OrgID";
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlExposeHeaders = "Date";
    }

    /// <summary>Answers a preflight request.</summary>
    public Task PreflightAsync(HttpContext context)
    {
        AddHeaders(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
