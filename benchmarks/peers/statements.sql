-- What the peers ask of the database: one statement after each `-- name:`, the same for Node and for Python.

-- name: session
SELECT users.id, users.name, users.birth_date, users.time_zone
FROM users JOIN sessions ON sessions.user_id = users.id
WHERE sessions.id = $1 AND users.id = $2 AND sessions.revoked_at IS NULL AND users.suspended_at IS NULL

-- name: match_of_member
SELECT id, mentor_id, mentee_id, state, started_at, ended_at, activity_head
FROM matches
WHERE id = $1 AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))

-- name: users
SELECT id, name, avatar_url FROM users WHERE id = ANY($1::uuid[])

-- name: steps_of_matches
SELECT id, match_id, position, week, title, rule, state
FROM step_progress WHERE match_id = ANY($1::uuid[]) ORDER BY match_id, position

-- name: posts_of_matches
SELECT child.*
FROM unnest($1::uuid[]) AS parent(id)
CROSS JOIN LATERAL (
    SELECT id, match_id, author_id, number, body, created_at, edited_at, deleted_at
    FROM posts WHERE match_id = parent.id AND number < $2 ORDER BY number DESC LIMIT $3
) AS child

-- name: comments_of_posts
SELECT child.*
FROM unnest($1::uuid[]) AS parent(id)
CROSS JOIN LATERAL (
    SELECT id, post_id, author_id, number, body, created_at, edited_at, deleted_at
    FROM comments WHERE post_id = parent.id AND number > $2 ORDER BY number LIMIT $3
) AS child

-- name: take_match
UPDATE matches SET activity_head = activity_head + 1
WHERE id = $1 AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))
    AND state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')
RETURNING activity_head

-- name: insert_post
INSERT INTO posts (id, match_id, author_id, number, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: insert_activity
INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at)
VALUES ($1, $2, 'POST_ADDED', $3, $4, $5)

-- name: create_post
WITH taken AS (
    UPDATE matches SET activity_head = activity_head + 1
    WHERE id = $1 AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))
        AND state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')
    RETURNING activity_head
), post AS (
    INSERT INTO posts (id, match_id, author_id, number, body, created_at)
    SELECT $3, $1, $2, activity_head, $4, $5 FROM taken
)
INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at)
SELECT $1, activity_head, 'POST_ADDED', $3, $2, $5 FROM taken
RETURNING number AS activity_head

-- name: follow
SELECT activity_head, activity_floor FROM matches
WHERE id = $1 AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))

-- name: log_after
SELECT number, kind, subject_id, actor_id, occurred_at
FROM activity JOIN matches ON matches.id = activity.stream_id
WHERE stream_id = $1 AND number > $3
    AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))
    AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = $4 AND sessions.user_id = $2 AND revoked_at IS NULL)
ORDER BY number LIMIT 100

-- name: posts_for_member
SELECT posts.id, match_id, author_id, number, body, created_at, edited_at, deleted_at
FROM posts JOIN matches ON matches.id = posts.match_id
WHERE posts.id = ANY($1::uuid[])
    AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))
    AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = $3 AND sessions.user_id = $2 AND revoked_at IS NULL)

-- name: comments_for_member
SELECT comments.id, post_id, author_id, number, body, created_at, edited_at, deleted_at
FROM comments JOIN matches ON matches.id = comments.match_id
WHERE comments.id = ANY($1::uuid[])
    AND ((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))
    AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = $3 AND sessions.user_id = $2 AND revoked_at IS NULL)
