using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Appending;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Server.Roles;

/// <summary>What a role that works on the store has of it.</summary>
/// <param name="Appender">Takes samples, with the limits of tenants.</param>
/// <param name="Samples">What is stored.</param>
/// <param name="Queries">Answers queries at once: they do not wait behind those of users, and nothing is kept of them.</param>
internal sealed record StoreAccess(IAppender Appender, IQueryable Samples, IQueryService Queries);
