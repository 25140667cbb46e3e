namespace Sentinel.Compatibility.Comparing;

/// <summary>Every difference between the replies of Redis Sentinel 7.0.15 and ours, with its reason. One that is not found any more fails its test.</summary>
internal static class Differences
{
    public static Difference[] All { get; } =
    [
        new(
            ["SENTINEL DEBUG"],
            "A lost election is tried again after a second, not after ten.",
            """
            - $10000
            + $1000
            """),
        new(
            ["its debug parameters: SENTINEL DEBUG"],
            "A lost election is tried again after a second, not after ten.",
            """
            - $10000
            + $1000
            """),
        new(
            ["SENTINEL simulate-failure HELP x"],
            "A mistake is one also after HELP.",
            """
            - *2
            - $crash-after-election
            - $crash-after-promotion
            + -ERR Unknown failure simulation specified
            """),
        new(
            ["a master with an odd name: SENTINEL GET-MASTER-ADDR-BY-NAME \"\""],
            "A name that could break hellos or the file is refused.",
            """
            - *2
            - $127.0.0.1
            - $1
            + *-1
            """),
        new(
            ["a master with an odd name: SENTINEL GET-MASTER-ADDR-BY-NAME \"\""],
            "A name that could break hellos or the file is refused.",
            """
            - *2
            - $127.0.0.1
            - $1
            + _
            """),
        new(
            ["a master with an odd name: SENTINEL MONITOR \"\" 127.0.0.1 1 1"],
            "A name that could break hellos or the file is refused.",
            """
            - +OK
            + -ERR Invalid master name: it must not be empty, and have no comma and no control character
            """),
        new(
            ["a master with an odd name: SENTINEL REMOVE \"\""],
            "A name that could break hellos or the file is refused.",
            """
            - +OK
            + -ERR No such master with that name
            """),
        new(
            ["SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 {first} -1 *"],
            "An epoch below zero, which the original takes for one near the end of all epochs, is refused.",
            """
            - *3
            - :0
            - $*
            - :0
            + -ERR value is not an integer or out of range
            """),
        new(
            ["CLIENT KILL MAXAGE 0", "CLIENT KILL MAXAGE -1"],
            "CLIENT KILL MAXAGE is of Redis 7.4.",
            """
            - -ERR syntax error
            + -ERR maxage should be greater than 0
            """),
        new(
            ["CLIENT KILL MAXAGE 100000000"],
            "CLIENT KILL MAXAGE is of Redis 7.4.",
            """
            - -ERR syntax error
            + :0
            """),
        new(
            ["CLIENT KILL MAXAGE x"],
            "CLIENT KILL MAXAGE is of Redis 7.4.",
            """
            - -ERR syntax error
            + -ERR maxage is not an integer or out of range
            """),
        new(
            ["ACL CAT connection", "COMMAND LIST FILTERBY ACLCAT connection"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *27
            + *28
            + $client|setinfo
            """),
        new(
            ["COMMAND DOCS acl"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - $A container for Access List Control commands 
            + $A container for Access List Control commands
            """),
        new(
            ["COMMAND DOCS client"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *32
            + *34
            + $client|setinfo
            + *10
            + $summary
            + $Sets information specific to the client or connection.
            + $since
            + $7.2.0
            + $group
            + $connection
            + $complexity
            + $<words>
            + $arguments
            + *1
            + *6
            + $name
            + $attr
            + $type
            + $oneof
            + $arguments
            + *2
            + *6
            + $name
            + $libname
            + $type
            + $string
            + $token
            + $LIB-NAME
            + *6
            + $name
            + $libver
            + $type
            + $string
            + $token
            + $LIB-VER
            """),
        new(
            ["COMMAND DOCS client"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - %16
            + %17
            + $client|setinfo
            + %5
            + $summary
            + $Sets information specific to the client or connection.
            + $since
            + $7.2.0
            + $group
            + $connection
            + $complexity
            + $<words>
            + $arguments
            + *1
            + %3
            + $name
            + $attr
            + $type
            + $oneof
            + $arguments
            + *2
            + %3
            + $name
            + $libname
            + $type
            + $string
            + $token
            + $LIB-NAME
            + %3
            + $name
            + $libver
            + $type
            + $string
            + $token
            + $LIB-VER
            """),
        new(
            ["COMMAND INFO client"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *16
            + *17
            + $client|setinfo
            + :4
            + *3
            + +noscript
            + +loading
            + +stale
            + :0
            + :0
            + :0
            + *2
            + +@slow
            + +@connection
            + *0
            + *0
            + *0
            + *10
            """),
        new(
            ["COMMAND INFO client"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *16
            + *17
            + $client|setinfo
            + :4
            + ~3
            + +noscript
            + +loading
            + +stale
            + :0
            + :0
            + :0
            + ~2
            + +@slow
            + +@connection
            + ~0
            + ~0
            + ~0
            + *10
            """),
        new(
            ["COMMAND LIST filterby pattern client|s*"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *1
            + *2
            + $client|setinfo
            """),
        new(
            ["CLIENT SETINFO LIB-NAME", "CLIENT SETINFO"],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + -ERR wrong number of arguments for 'client|setinfo' command
            """),
        new(
            ["CLIENT SETINFO LIB-NAME \"a b\""],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + -ERR LIB-NAME cannot contain spaces, newlines or special characters.
            """),
        new(
            ["CLIENT SETINFO foo x"],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + -ERR Unrecognized option 'foo'
            """),
        new(
            [
                "CLIENT SETINFO foo x",
                "CLIENT SETINFO lib-ver 1.2",
                "CLIENT SETINFO LIB-NAME x",
                "CLIENT SETINFO LIB-NAME \"a b\"",
            ],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + -ERR Can't execute 'client|setinfo': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            """),
        new(
            [
                "CLIENT SETINFO foo x",
                "CLIENT SETINFO lib-ver 1.2",
                "CLIENT SETINFO LIB-NAME x",
                "CLIENT SETINFO LIB-NAME \"a b\"",
            ],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + -NOAUTH Authentication required.
            """),
        new(
            ["CLIENT SETINFO lib-ver 1.2", "CLIENT SETINFO LIB-NAME x"],
            "CLIENT SETINFO is of Redis 7.2.",
            """
            - -ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
            + +OK
            """),
        new(
            ["INFO clients"],
            "Fields of Redis 7.2 and later, and our own version; ours is no C program.",
            """
            + pubsub_clients:<number>\r\n
            + watching_clients:0\r\n
            + total_watched_keys:0\r\n
            + total_blocking_keys:0\r\n
            + total_blocking_keys_on_nokey:0\r\n
            """),
        new(
            ["INFO default", "INFO", "INFO all", "INFO everything", "INFO all nosuch"],
            "Fields of Redis 7.2 and later, and our own version; ours is no C program.",
            """
            - atomicvar_api:c11-builtin\r\n
            + atomicvar_api:dotnet\r\n
            + listener0:<listener>\r\n
            + sentinel_version:<version>\r\n
            + pubsub_clients:<number>\r\n
            + watching_clients:0\r\n
            + total_watched_keys:0\r\n
            + total_blocking_keys:0\r\n
            + total_blocking_keys_on_nokey:0\r\n
            """),
        new(
            ["INFO server", "INFO sentinel server"],
            "Fields of Redis 7.2 and later, and our own version; ours is no C program.",
            """
            - atomicvar_api:c11-builtin\r\n
            + atomicvar_api:dotnet\r\n
            + listener0:<listener>\r\n
            + sentinel_version:<version>\r\n
            """),
        new(
            ["CLIENT INFO"],
            "Fields of Redis 7.2 and later.",
            """
            + watch=0\n
            + lib-name=\n
            + lib-ver=\n
            """),
        new(
            [
                "clients are listed: CLIENT LIST ID {b.id}",
                "clients are listed: CLIENT LIST TYPE pubsub",
                "clients are listed: CLIENT LIST TYPE PUBSUB",
                "a client names itself: CLIENT LIST ID {id}",
                "a client names itself: CLIENT INFO",
                "who has the password sees the same: CLIENT INFO",
            ],
            "Fields of Redis 7.2 and later.",
            """
            + watch=0\n
            + lib-name=\n
            + lib-ver=\n
            """),
        new(
            [
                "clients are listed: CLIENT LIST ID {id} {b.id} 1000000000",
                "clients are listed: CLIENT LIST id {b.id} {b.id}",
            ],
            "Fields of Redis 7.2 and later.",
            """
            + watch=0\n
            + lib-name=\n
            + lib-ver=\n
            + watch=0\n
            + lib-name=\n
            + lib-ver=\n
            """),
        new(
            ["ACL GETUSER default"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - *2
            + *3
            + $sanitize-payload
            """),
        new(
            ["ACL GETUSER default"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - ~2
            + ~3
            + $sanitize-payload
            """),
        new(
            ["ACL LIST"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - $user default on nopass ~* &* +@all
            + $user default on nopass sanitize-payload ~* &* +@all
            """),
        new(
            ["users come and go: ACL GETUSER ali", "who has the password sees the same: ACL GETUSER default"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - *1
            + *2
            + $sanitize-payload
            """),
        new(
            ["users come and go: ACL GETUSER ali"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - ~1
            + ~2
            + $sanitize-payload
            """),
        new(
            ["users come and go: ACL LIST"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - $user ali on #d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272 resetchannels &a* -@all +acl|whoami +client|id +ping +subscribe
            - $user default on nopass ~* &* +@all
            + $user ali on sanitize-payload #d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272 resetchannels &a* -@all +acl|whoami +client|id +ping +subscribe
            + $user default on nopass sanitize-payload ~* &* +@all
            """),
        new(
            ["who has the password sees the same: ACL LIST"],
            "Redis 7.2 and later show the rule, which has no meaning here.",
            """
            - $user default on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~* &* +@all
            + $user default on sanitize-payload #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~* &* +@all
            """),
        new(
            ["several options of which one is wrong: SENTINEL MASTER partly"],
            "SENTINEL SET applies all of its options or none.",
            """
            - $6
            + $2
            """),
        new(
            ["what changes is told to those who have subscribed: PING partly"],
            "SENTINEL SET applies all of its options or none.",
            """
            - *3
            - $message
            - $+set
            - $master told 127.0.0.1 1 parallel-syncs 2
            """),
        new(
            ["what changes is told to those who have subscribed: PING partly"],
            "SENTINEL SET applies all of its options or none.",
            """
            - >3
            - $message
            - $+set
            - $master told 127.0.0.1 1 parallel-syncs 2
            """),
        new(
            ["SENTINEL CONFIG GET *"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - *12
            + *14
            + $loglevel
            + $notice
            """),
        new(
            ["SENTINEL CONFIG GET *"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - %6
            + %7
            + $loglevel
            + $notice
            """),
        new(
            ["SENTINEL CONFIG GET announce-ip announce-port"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.
            + *4
            + $announce-ip
            + $
            + $announce-port
            + $0
            """),
        new(
            ["SENTINEL CONFIG GET announce-ip announce-port"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.
            + %2
            + $announce-ip
            + $
            + $announce-port
            + $0
            """),
        new(
            ["SENTINEL CONFIG SET", "SENTINEL CONFIG GET"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.
            + -ERR wrong number of arguments for 'sentinel|config' command
            """),
        new(
            ["SENTINEL CONFIG SET", "SENTINEL CONFIG GET"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Can't execute 'sentinel|config': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            + -ERR wrong number of arguments for 'sentinel|config' command
            """),
        new(
            ["SENTINEL CONFIG SET", "SENTINEL CONFIG GET"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -NOAUTH Authentication required.
            + -ERR wrong number of arguments for 'sentinel|config' command
            """),
        new(
            ["SENTINEL CONFIG SET announce-port", "SENTINEL CONFIG SET announce-ip 127.0.0.1 announce-port"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.
            + -ERR Missing argument 'announce-port' value
            """),
        new(
            ["SENTINEL CONFIG SET loglevel nope"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Invalid argument 'loglevel' to SENTINEL CONFIG SET
            + -ERR Invalid value 'nope' to SENTINEL CONFIG SET 'loglevel'
            """),
        new(
            ["SENTINEL CONFIG foo bar", "SENTINEL CONFIG foo bar baz"],
            "Several options at once, and loglevel, are of Redis 7.2.",
            """
            - -ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.
            + -ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.
            """),
        new(
            ["users come and go: ACL DRYRUN ali client list"],
            "The wording of Redis 7.2 and later.",
            """
            - $This user has no permissions to run the 'client|list' command
            + $User ali has no permissions to run the 'client|list' command
            """),
        new(
            ["users come and go: ACL DRYRUN ali info"],
            "The wording of Redis 7.2 and later.",
            """
            - $This user has no permissions to run the 'info' command
            + $User ali has no permissions to run the 'info' command
            """),
        new(
            ["users come and go: ACL WHOAMI"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to run the 'acl|whoami' command
            + -NOPERM User ali has no permissions to run the 'acl|whoami' command
            """),
        new(
            ["users come and go: CLIENT GETNAME"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to run the 'client|getname' command
            + -NOPERM User ali has no permissions to run the 'client|getname' command
            """),
        new(
            ["users come and go: SENTINEL MASTERS"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to run the 'sentinel|masters' command
            + -NOPERM User ali has no permissions to run the 'sentinel|masters' command
            """),
        new(
            ["users come and go: SUBSCRIBE b"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to run the 'subscribe' command
            + -NOPERM User ali has no permissions to run the 'subscribe' command
            """),
        new(
            ["users come and go: SUBSCRIBE b"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to access one of the channels used as arguments
            + -NOPERM No permissions to access a channel
            """),
        new(
            ["users come and go: UNSUBSCRIBE ab"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOPERM this user has no permissions to run the 'unsubscribe' command
            + -NOPERM User ali has no permissions to run the 'unsubscribe' command
            """),
        new(
            ["ACL HELP"],
            "The wording of Redis 7.2 and later, its subcommands, and no claim to be Redis.",
            """
            - +    Prints this help.
            + +    Print this help.
            """),
        new(
            ["CLIENT HELP"],
            "The wording of Redis 7.2 and later, its subcommands, and no claim to be Redis.",
            """
            - *48
            - +SETNAME <name>
            - +    Assign the name <name> to the current connection.
            - +TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]
            - +         [OPTIN] [OPTOUT] [NOLOOP]
            - +    Control server assisted client side caching.
            - +TRACKINGINFO
            - +    Report tracking status for the current connection.
            - +    Prints this help.
            + *58
            + +TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]
            + +         [OPTIN] [OPTOUT] [NOLOOP]
            + +    Control server assisted client side caching.
            + +TRACKINGINFO
            + +    Report tracking status for the current connection.
            + +    * ID <client-id>
            + +      Kill the connection with this ID.
            + +    * MAXAGE <maxage>
            + +      Kill connections older than the specified age in seconds.
            + +    * ID <client-id> [<client-id> ...]
            + +      Return clients with these IDs.
            + +SETINFO <option> <value>
            + +    Set client meta attr. Options are:
            + +    * LIB-NAME: the client lib name.
            + +    * LIB-VER: the client lib version.
            + +SETNAME <name>
            + +    Assign the name <name> to the current connection.
            + +    Print this help.
            """),
        new(
            ["COMMAND HELP"],
            "The wording of Redis 7.2 and later, its subcommands, and no claim to be Redis.",
            """
            - +    Return details about all Redis commands.
            - +    Return the total number of commands in this Redis server.
            - +    Return a list of all commands in this Redis server.
            - +    Return details about multiple Redis commands.
            - +    Return documentation details about multiple Redis commands.
            - +    Return the keys from a full Redis command.
            - +    Return the keys and the access flags from a full Redis command.
            - +    Prints this help.
            + +    Return details about all commands.
            + +    Return the total number of commands in this server.
            + +    Return a list of all commands in this server.
            + +    Return details about multiple commands.
            + +    Return documentation details about multiple commands.
            + +    Return the keys from a full command.
            + +    Return the keys and the access flags from a full command.
            + +    Print this help.
            """),
        new(
            ["HELLO 2", "HELLO", "hello 3"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time
            + -NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time
            """),
        new(
            ["HELLO with the password opens: HELLO", "HELLO with the password opens: HELLO 3"],
            "The wording of Redis 7.2 and later.",
            """
            - -NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time
            + -NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time
            """),
        new(
            ["SENTINEL GET-PRIMARY-ADDR-BY-NAME nosuch"],
            "Valkey's spelling is understood too.",
            """
            - -ERR unknown subcommand 'GET-PRIMARY-ADDR-BY-NAME'. Try SENTINEL HELP.
            + *-1
            """),
        new(
            ["SENTINEL GET-PRIMARY-ADDR-BY-NAME nosuch"],
            "Valkey's spelling is understood too.",
            """
            - -ERR unknown subcommand 'GET-PRIMARY-ADDR-BY-NAME'. Try SENTINEL HELP.
            + _
            """),
        new(
            ["SENTINEL GET-PRIMARY-ADDR-BY-NAME nosuch"],
            "Valkey's spelling is understood too.",
            """
            - -ERR unknown subcommand 'GET-PRIMARY-ADDR-BY-NAME'. Try SENTINEL HELP.
            + -ERR Can't execute 'sentinel|get-primary-addr-by-name': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            """),
        new(
            ["SENTINEL GET-PRIMARY-ADDR-BY-NAME nosuch"],
            "Valkey's spelling is understood too.",
            """
            - -ERR unknown subcommand 'GET-PRIMARY-ADDR-BY-NAME'. Try SENTINEL HELP.
            + -NOAUTH Authentication required.
            """),
        new(
            ["COMMAND LIST FILTERBY ACLCAT admin", "ACL CAT admin"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *38
            + *48
            + $sentinel|acknowledge
            + $sentinel|adopt
            + $sentinel|explain
            + $sentinel|forget
            + $sentinel|get-primary-addr-by-name
            + $sentinel|is-primary-down-by-addr
            + $sentinel|pause
            + $sentinel|primaries
            + $sentinel|primary
            + $sentinel|resume
            """),
        new(
            ["COMMAND INFO", "COMMAND"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *16
            - *21
            - :-3
            - $sentinel|failover
            + *17
            + $client|setinfo
            + :4
            + *3
            + +noscript
            + +loading
            + +stale
            + :0
            + :0
            + :0
            + *2
            + +@slow
            + +@connection
            + *0
            + *0
            + *0
            + *10
            + *31
            + $sentinel|acknowledge
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|adopt
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + :-4
            + $sentinel|explain
            + $sentinel|failover
            + :-3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|forget
            + :4
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|get-primary-addr-by-name
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|is-primary-down-by-addr
            + :6
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|pause
            + :-3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|primaries
            + :2
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|primary
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|resume
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            """),
        new(
            ["COMMAND INFO", "COMMAND"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *16
            - *21
            - :-3
            - $sentinel|failover
            + *17
            + $client|setinfo
            + :4
            + ~3
            + +noscript
            + +loading
            + +stale
            + :0
            + :0
            + :0
            + ~2
            + +@slow
            + +@connection
            + ~0
            + ~0
            + ~0
            + *10
            + *31
            + $sentinel|acknowledge
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|adopt
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + :-4
            + $sentinel|explain
            + $sentinel|failover
            + :-3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|forget
            + :4
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|get-primary-addr-by-name
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|is-primary-down-by-addr
            + :6
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|pause
            + :-3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|primaries
            + :2
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|primary
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|resume
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            """),
        new(
            ["COMMAND LIST"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *72
            + *83
            + $client|setinfo
            + $sentinel|acknowledge
            + $sentinel|adopt
            + $sentinel|explain
            + $sentinel|forget
            + $sentinel|get-primary-addr-by-name
            + $sentinel|is-primary-down-by-addr
            + $sentinel|pause
            + $sentinel|primaries
            + $sentinel|primary
            + $sentinel|resume
            """),
        new(
            ["COMMAND DOCS sentinel"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *42
            - *1
            + *62
            + $sentinel|acknowledge
            + *6
            + $summary
            + $End the cooldown after a failover
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|adopt
            + *10
            + $summary
            + $Accept what a master has as the data of its group
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *1
            + *4
            + $name
            + $master-name
            + $type
            + $string
            + $sentinel|explain
            + *6
            + $summary
            + $Explain whether a master can be failed over, and at which cost
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + *5
            + *8
            + $name
            + $mode
            + $type
            + $oneof
            + $flags
            + *1
            + +optional
            + $arguments
            + *2
            + *6
            + $name
            + $coordinated
            + $type
            + $pure-token
            + $token
            + $COORDINATED
            + *6
            + $name
            + $force
            + $type
            + $pure-token
            + $token
            + $FORCE
            + *10
            + $name
            + $target
            + $type
            + $block
            + $token
            + $TO
            + $flags
            + *1
            + +optional
            + $arguments
            + *2
            + *4
            + $ip
            + $name
            + $string
            + $type
            + *4
            + $integer
            + $name
            + $port
            + $type
            + *8
            + $name
            + $milliseconds
            + $type
            + $integer
            + $token
            + $TIMEOUT
            + $flags
            + *1
            + +optional
            + *8
            + $name
            + $dryrun
            + $type
            + $pure-token
            + $token
            + $DRYRUN
            + $flags
            + *1
            + +optional
            + $sentinel|forget
            + *10
            + $summary
            + $Forget one replica or Sentinel
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *2
            + *4
            + $name
            + $master-name
            + $type
            + $string
            + *4
            + $name
            + $string
            + $type
            + $who
            + $sentinel|get-primary-addr-by-name
            + *6
            + $summary
            + $Get port and address of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|is-primary-down-by-addr
            + *6
            + $summary
            + $Check if a primary is down
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|pause
            + *6
            + $summary
            + $Start no failover of a master but by order
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|primaries
            + *6
            + $summary
            + $List the monitored primaries
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|primary
            + *6
            + $summary
            + $Show the state of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|resume
            + *6
            + $summary
            + $End a pause of a master
            + $since
            + $7.0.0
            + $group
            + $sentinel
            """),
        new(
            ["COMMAND DOCS sentinel"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - %21
            - *1
            + %31
            + $sentinel|acknowledge
            + %3
            + $summary
            + $End the cooldown after a failover
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|adopt
            + %5
            + $summary
            + $Accept what a master has as the data of its group
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *1
            + %2
            + $name
            + $master-name
            + $type
            + $string
            + $sentinel|explain
            + %3
            + $summary
            + $Explain whether a master can be failed over, and at which cost
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + *5
            + %4
            + $name
            + $mode
            + $type
            + $oneof
            + $flags
            + ~1
            + +optional
            + $arguments
            + *2
            + %3
            + $name
            + $coordinated
            + $type
            + $pure-token
            + $token
            + $COORDINATED
            + %3
            + $name
            + $force
            + $type
            + $pure-token
            + $token
            + $FORCE
            + %5
            + $name
            + $target
            + $type
            + $block
            + $token
            + $TO
            + $flags
            + ~1
            + +optional
            + $arguments
            + *2
            + %2
            + $ip
            + $name
            + $string
            + $type
            + %2
            + $integer
            + $name
            + $port
            + $type
            + %4
            + $name
            + $milliseconds
            + $type
            + $integer
            + $token
            + $TIMEOUT
            + $flags
            + ~1
            + +optional
            + %4
            + $name
            + $dryrun
            + $type
            + $pure-token
            + $token
            + $DRYRUN
            + $flags
            + ~1
            + +optional
            + $sentinel|forget
            + %5
            + $summary
            + $Forget one replica or Sentinel
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *2
            + %2
            + $name
            + $master-name
            + $type
            + $string
            + %2
            + $name
            + $string
            + $type
            + $who
            + $sentinel|get-primary-addr-by-name
            + %3
            + $summary
            + $Get port and address of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|is-primary-down-by-addr
            + %3
            + $summary
            + $Check if a primary is down
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|pause
            + %3
            + $summary
            + $Start no failover of a master but by order
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|primaries
            + %3
            + $summary
            + $List the monitored primaries
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|primary
            + %3
            + $summary
            + $Show the state of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|resume
            + %3
            + $summary
            + $End a pause of a master
            + $since
            + $7.0.0
            + $group
            + $sentinel
            """),
        new(
            ["COMMAND INFO sentinel"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *21
            - :-3
            - $sentinel|failover
            + *31
            + $sentinel|acknowledge
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|adopt
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + :-4
            + $sentinel|explain
            + $sentinel|failover
            + :-3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|forget
            + :4
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|get-primary-addr-by-name
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|is-primary-down-by-addr
            + :6
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|pause
            + :-3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|primaries
            + :2
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|primary
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            + $sentinel|resume
            + :3
            + *1
            + +admin
            + :0
            + :0
            + :0
            + *3
            + +@admin
            + +@slow
            + +@dangerous
            + *0
            + *0
            + *0
            + *10
            """),
        new(
            ["COMMAND INFO sentinel"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *21
            - :-3
            - $sentinel|failover
            + *31
            + $sentinel|acknowledge
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|adopt
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + :-4
            + $sentinel|explain
            + $sentinel|failover
            + :-3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|forget
            + :4
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|get-primary-addr-by-name
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|is-primary-down-by-addr
            + :6
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|pause
            + :-3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|primaries
            + :2
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|primary
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            + $sentinel|resume
            + :3
            + ~1
            + +admin
            + :0
            + :0
            + :0
            + ~3
            + +@admin
            + +@slow
            + +@dangerous
            + ~0
            + ~0
            + ~0
            + *10
            """),
        new(
            ["COMMAND LIST FILTERBY ACLCAT slow"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *67
            + *78
            + $client|setinfo
            + $sentinel|acknowledge
            + $sentinel|adopt
            + $sentinel|explain
            + $sentinel|forget
            + $sentinel|get-primary-addr-by-name
            + $sentinel|is-primary-down-by-addr
            + $sentinel|pause
            + $sentinel|primaries
            + $sentinel|primary
            + $sentinel|resume
            """),
        new(
            ["COMMAND LIST FILTERBY ACLCAT dangerous"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - *39
            + *49
            + $sentinel|acknowledge
            + $sentinel|adopt
            + $sentinel|explain
            + $sentinel|forget
            + $sentinel|get-primary-addr-by-name
            + $sentinel|is-primary-down-by-addr
            + $sentinel|pause
            + $sentinel|primaries
            + $sentinel|primary
            + $sentinel|resume
            """),
        new(
            ["COMMAND DOCS"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - $A container for Access List Control commands 
            - *32
            - $Get array of Redis command details
            - $Get total number of Redis commands
            - $Get array of specific Redis command documentation
            - $Extract keys given a full Redis command
            - $Extract keys and access flags given a full Redis command
            - $Get array of specific Redis command details, or all when no argument is given.
            - $Get an array of Redis command names
            - *42
            - *1
            - $Synchronously save the dataset to disk and then shut down the server
            + $A container for Access List Control commands
            + *34
            + $client|setinfo
            + *10
            + $summary
            + $Sets information specific to the client or connection.
            + $since
            + $7.2.0
            + $group
            + $connection
            + $complexity
            + $<words>
            + $arguments
            + *1
            + *6
            + $name
            + $attr
            + $type
            + $oneof
            + $arguments
            + *2
            + *6
            + $name
            + $libname
            + $type
            + $string
            + $token
            + $LIB-NAME
            + *6
            + $name
            + $libver
            + $type
            + $string
            + $token
            + $LIB-VER
            + $Get array of command details
            + $Get total number of commands
            + $Get array of specific command documentation
            + $Extract keys given a full command
            + $Extract keys and access flags given a full command
            + $Get array of specific command details, or all when no argument is given.
            + $Get an array of command names
            + *62
            + $sentinel|acknowledge
            + *6
            + $summary
            + $End the cooldown after a failover
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|adopt
            + *10
            + $summary
            + $Accept what a master has as the data of its group
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *1
            + *4
            + $name
            + $master-name
            + $type
            + $string
            + $sentinel|explain
            + *6
            + $summary
            + $Explain whether a master can be failed over, and at which cost
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + *5
            + *8
            + $name
            + $mode
            + $type
            + $oneof
            + $flags
            + *1
            + +optional
            + $arguments
            + *2
            + *6
            + $name
            + $coordinated
            + $type
            + $pure-token
            + $token
            + $COORDINATED
            + *6
            + $name
            + $force
            + $type
            + $pure-token
            + $token
            + $FORCE
            + *10
            + $name
            + $target
            + $type
            + $block
            + $token
            + $TO
            + $flags
            + *1
            + +optional
            + $arguments
            + *2
            + *4
            + $ip
            + $name
            + $string
            + $type
            + *4
            + $integer
            + $name
            + $port
            + $type
            + *8
            + $name
            + $milliseconds
            + $type
            + $integer
            + $token
            + $TIMEOUT
            + $flags
            + *1
            + +optional
            + *8
            + $name
            + $dryrun
            + $type
            + $pure-token
            + $token
            + $DRYRUN
            + $flags
            + *1
            + +optional
            + $sentinel|forget
            + *10
            + $summary
            + $Forget one replica or Sentinel
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *2
            + *4
            + $name
            + $master-name
            + $type
            + $string
            + *4
            + $name
            + $string
            + $type
            + $who
            + $sentinel|get-primary-addr-by-name
            + *6
            + $summary
            + $Get port and address of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|is-primary-down-by-addr
            + *6
            + $summary
            + $Check if a primary is down
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|pause
            + *6
            + $summary
            + $Start no failover of a master but by order
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|primaries
            + *6
            + $summary
            + $List the monitored primaries
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|primary
            + *6
            + $summary
            + $Show the state of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|resume
            + *6
            + $summary
            + $End a pause of a master
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $Shut down the server
            """),
        new(
            ["COMMAND DOCS"],
            "CLIENT SETINFO and the options of SENTINEL CONFIG are of Redis 7.2, PRIMARY and its kin are Valkey's; the subcommands that Redis has not, and the options of SENTINEL FAILOVER, are ours.",
            """
            - $A container for Access List Control commands 
            - %16
            - $Get array of Redis command details
            - $Get total number of Redis commands
            - $Get array of specific Redis command documentation
            - $Extract keys given a full Redis command
            - $Extract keys and access flags given a full Redis command
            - $Get array of specific Redis command details, or all when no argument is given.
            - $Get an array of Redis command names
            - %21
            - *1
            - $Synchronously save the dataset to disk and then shut down the server
            + $A container for Access List Control commands
            + %17
            + $client|setinfo
            + %5
            + $summary
            + $Sets information specific to the client or connection.
            + $since
            + $7.2.0
            + $group
            + $connection
            + $complexity
            + $<words>
            + $arguments
            + *1
            + %3
            + $name
            + $attr
            + $type
            + $oneof
            + $arguments
            + *2
            + %3
            + $name
            + $libname
            + $type
            + $string
            + $token
            + $LIB-NAME
            + %3
            + $name
            + $libver
            + $type
            + $string
            + $token
            + $LIB-VER
            + $Get array of command details
            + $Get total number of commands
            + $Get array of specific command documentation
            + $Extract keys given a full command
            + $Extract keys and access flags given a full command
            + $Get array of specific command details, or all when no argument is given.
            + $Get an array of command names
            + %31
            + $sentinel|acknowledge
            + %3
            + $summary
            + $End the cooldown after a failover
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|adopt
            + %5
            + $summary
            + $Accept what a master has as the data of its group
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *1
            + %2
            + $name
            + $master-name
            + $type
            + $string
            + $sentinel|explain
            + %3
            + $summary
            + $Explain whether a master can be failed over, and at which cost
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + *5
            + %4
            + $name
            + $mode
            + $type
            + $oneof
            + $flags
            + ~1
            + +optional
            + $arguments
            + *2
            + %3
            + $name
            + $coordinated
            + $type
            + $pure-token
            + $token
            + $COORDINATED
            + %3
            + $name
            + $force
            + $type
            + $pure-token
            + $token
            + $FORCE
            + %5
            + $name
            + $target
            + $type
            + $block
            + $token
            + $TO
            + $flags
            + ~1
            + +optional
            + $arguments
            + *2
            + %2
            + $ip
            + $name
            + $string
            + $type
            + %2
            + $integer
            + $name
            + $port
            + $type
            + %4
            + $name
            + $milliseconds
            + $type
            + $integer
            + $token
            + $TIMEOUT
            + $flags
            + ~1
            + +optional
            + %4
            + $name
            + $dryrun
            + $type
            + $pure-token
            + $token
            + $DRYRUN
            + $flags
            + ~1
            + +optional
            + $sentinel|forget
            + %5
            + $summary
            + $Forget one replica or Sentinel
            + $since
            + $7.2.0
            + $group
            + $sentinel
            + $complexity
            + $<words>
            + $arguments
            + *2
            + %2
            + $name
            + $master-name
            + $type
            + $string
            + %2
            + $name
            + $string
            + $type
            + $who
            + $sentinel|get-primary-addr-by-name
            + %3
            + $summary
            + $Get port and address of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|is-primary-down-by-addr
            + %3
            + $summary
            + $Check if a primary is down
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|pause
            + %3
            + $summary
            + $Start no failover of a master but by order
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $sentinel|primaries
            + %3
            + $summary
            + $List the monitored primaries
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|primary
            + %3
            + $summary
            + $Show the state of a primary
            + $since
            + $8.0.0
            + $group
            + $sentinel
            + $sentinel|resume
            + %3
            + $summary
            + $End a pause of a master
            + $since
            + $7.0.0
            + $group
            + $sentinel
            + $Shut down the server
            """),
        new(
            ["SENTINEL HELP"],
            "The wording of Redis 7.2 and later, its subcommands, and no claim to be Redis; the options of SENTINEL FAILOVER are ours, one of them Valkey's.",
            """
            - *49
            - +CONFIG SET <param> <value>
            - +CONFIG GET <param>
            - +FAILOVER <master-name>
            - +    Sentinels
            - +    Prints this help.
            + *67
            + +CONFIG SET param value [param value ...]
            + +CONFIG GET <param> [param param param ...]
            + +FAILOVER <master-name> [COORDINATED|FORCE] [TO <ip> <port>] [TIMEOUT <milliseconds>] [DRYRUN]
            + +    Sentinels. A healthy master takes part, so that no write is lost; COORDINATED
            + +    fails where it cannot, FORCE does not ask it, DRYRUN says what would happen.
            + +FORGET <master-name> <runid | ip:port>
            + +    Forget one replica or Sentinel of a master; whoever lives is found again.
            + +    NONE takes back what was asked for before.
            + +ACKNOWLEDGE <master-name>
            + +    End the cooldown that holds back the next failover of the master after
            + +    its last one. On each Sentinel.
            + +ADOPT <master-name>
            + +    Accept what the master has now as the data of its group, after it has
            + +    restarted empty or with other data. On each Sentinel.
            + +EXPLAIN <master-name>
            + +    Explain whether a failover of the master is possible now, what it waits
            + +    for, who agrees, who would be promoted and what would be lost.
            + +PAUSE <master-name> [<reason>]
            + +    Watch the master and vote, but start no failover of it except by order,
            + +    until RESUME. On each Sentinel.
            + +RESUME <master-name>
            + +    End a pause of the master, and let failovers of it start again.
            + +    Print this help.
            """),
    ];
}
