FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish cmd/remotestore -c Release -o /out/remotestore --self-contained false \
 && dotnet publish cmd/rstool -c Release -o /out/rstool --self-contained false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /out/remotestore /opt/remotestore
COPY --from=build /out/rstool /opt/rstool
RUN ln -s /opt/remotestore/remotestore /usr/local/bin/remotestore \
 && ln -s /opt/rstool/rstool /usr/local/bin/rstool \
 && mkdir /data && chown $APP_UID /data
USER $APP_UID
ENV REMOTESTORE_LISTEN=:9009 REMOTESTORE_DATA_DIR=/data
VOLUME /data
EXPOSE 9009
# SIGTERM drains requests and flushes; give it more than the ten seconds that Docker waits by default: docker run --stop-timeout 60
STOPSIGNAL SIGTERM
ENTRYPOINT ["remotestore"]
