"""Google's list prices in US dollars, for us-central1, as they were known in 2025. They change: check them.

BigQuery's are from copies of its price page, all others from memory; docs/DEPLOYMENT.md has the same. Free allowances
are left out.
"""

from shared.domain.estimate import QUERY_TIB_USD

TIB = 2**40
MIB = 2**20

QUERY_TIB = float(QUERY_TIB_USD)
"""On demand; at least 10 MB for a query and for each table that it reads."""
STREAMED_200_MIB = 0.01
"""`tabledata.insertAll`; at least 1 KB a row."""
LEAST_STREAMED_BYTES = 1024
MESSAGE_TIB = 40.0
"""Pub/Sub; what is published and what is delivered, at least 1 KB each."""
LEAST_MESSAGE_BYTES = 1000
VCPU_SECOND = 0.000024
GIB_SECOND = 0.0000025
MILLION_REQUESTS = 0.40
